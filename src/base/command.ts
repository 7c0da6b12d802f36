import { spawn } from "node:child_process";

export interface CommandOptions {
  /** Written to standard input. */
  input?: string | Uint8Array;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds until SIGKILL; 60,000 unless told. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** How much it may print; no limit unless told. */
  maxBytes?: number;
}

export interface CommandResult {
  stdout: string;
  stderr: string;
}

/** A program that could not be started, failed or ran too long. Says which, with what it printed. */
export class CommandError extends Error {
  readonly command: readonly string[];
  /** What happened, without the command and what it printed. */
  readonly reason: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(command: readonly string[], reason: string, exitCode?: number, stderr = "") {
    super(`${command.join(" ")}: ${reason}${stderr ? `: ${stderr.trim().slice(0, 2000)}` : ""}`);
    this.name = "CommandError";
    this.command = command;
    this.reason = reason;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/**
 * Runs a program to its end, without a shell. The one way to run a command; daemons that outlive us are started by
 * `base/daemon.ts`.
 * @throws CommandError when it cannot be started, exits with another code than 0, or exceeds its time.
 */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const command = [program, ...args];
  const { timeoutMs = 60_000, maxBytes = Infinity } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      signal: options.signal,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let bytes = 0;
    const keep = (chunks: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      reject(new CommandError(command, `printed more than ${maxBytes} bytes`));
      child.kill("SIGKILL");
    };
    child.stdout!.on("data", keep(out));
    child.stderr!.on("data", keep(err));
    child.on("error", (cause) => reject(new CommandError(command, cause.message)));
    child.on("exit", () => {
      if (!child.killed) return;
      // What it had started may hold its streams open for ever.
      child.stdout!.destroy();
      child.stderr!.destroy();
    });
    child.on("close", (code, signal) => {
      const stderr = Buffer.concat(err).toString();
      if (code === 0) resolve({ stdout: Buffer.concat(out).toString(), stderr });
      else {
        const ended = signal ? `ended by ${signal}` : `exit code ${code}`;
        const reason = child.killed ? `did not end in ${timeoutMs / 1000} s` : ended;
        reject(new CommandError(command, reason, code ?? undefined, stderr));
      }
    });
    if (options.input !== undefined) {
      child.stdin!.on("error", () => {}); // EPIPE: the exit code tells
      child.stdin!.end(options.input);
    }
  });
}
