import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { systemClock } from "./clock.ts";
import { errnoOf } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";

/** A program that outlives the control plane: own session, own pid file, found again after a restart. */
export interface DaemonSpec {
  program: string;
  args: readonly string[];
  pidFile: string;
  logFile: string;
  env?: NodeJS.ProcessEnv;
  /** Open descriptors that it gets, as 3 and on. */
  inherit?: readonly number[];
  /**
   * Its arguments as the system shows them, the program's name among them, if no other process can have the same: by
   * them, a daemon is found whose starter died before the pid file was written.
   */
  commandLine?: readonly string[];
}

/** Field 22 of /proc/PID/stat, the start time: with it, a recycled pid is not taken for the daemon. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie waits for its parent, nothing more, once its other threads have ended: until then its sockets are open.
    return fields[0] === "Z" && Number(fields[17]) <= 1 ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** The pid of the running daemon behind a pid file, or `undefined`. */
export function daemonPid(pidFile: string): number | undefined {
  try {
    const [pid, startTime] = readFileSync(pidFile, "utf8").trim().split(" ");
    return startTime !== undefined && startTimeOf(Number(pid)) === startTime ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes down the pid of a running daemon. */
export function writePidFile(pidFile: string, pid: number): void {
  writeFileAtomic(pidFile, `${pid} ${startTimeOf(pid) ?? ""}\n`);
}

/** The process of this user that has exactly these arguments. */
function findProcess(commandLine: readonly string[]): number | undefined {
  const wanted = commandLine.map((argument) => `${argument}\0`).join("");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        if (readFileSync(`/proc/${pid}/cmdline`, "utf8") !== wanted) return false;
        return statSync(`/proc/${pid}`).uid === process.geteuid!();
      } catch {
        return false; // gone meanwhile
      }
    });
}

/** Starts the daemon unless it runs already. Returns its pid and whether it was started now. */
export async function ensureDaemon(spec: DaemonSpec): Promise<{ pid: number; started: boolean }> {
  const running = daemonPid(spec.pidFile);
  if (running !== undefined) return { pid: running, started: false };
  mkdirSync(dirname(spec.pidFile), { recursive: true });
  const stray = spec.commandLine && findProcess(spec.commandLine);
  if (stray !== undefined) {
    writePidFile(spec.pidFile, stray);
    return { pid: stray, started: false };
  }
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, "a", 0o600);
  try {
    const stdio = ["ignore" as const, log, log, ...(spec.inherit ?? [])];
    const child = spawn(spec.program, spec.args, { detached: true, stdio, env: spec.env });
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    const pid = child.pid!;
    child.unref();
    writePidFile(spec.pidFile, pid);
    return { pid, started: true };
  } finally {
    closeSync(log);
  }
}

/** What was killed is gone by then, unless the kernel cannot let go of it. */
const KILLED_MS = 10_000;

/**
 * Ends the daemon: SIGTERM, and SIGKILL after `graceMs`. Resolves when it is gone, so that what it held is free. Nothing
 * happens when it does not run.
 */
export async function stopDaemon(pidFile: string, graceMs = 5000): Promise<void> {
  const pid = daemonPid(pidFile);
  if (pid !== undefined) {
    signalIfAlive(pid, "SIGTERM");
    if (!(await isGoneWithin(pidFile, pid, graceMs))) {
      signalIfAlive(pid, "SIGKILL");
      await isGoneWithin(pidFile, pid, KILLED_MS);
    }
  }
  rmSync(pidFile, { force: true });
}

async function isGoneWithin(pidFile: string, pid: number, ms: number): Promise<boolean> {
  const deadline = systemClock.now() + ms;
  while (daemonPid(pidFile) === pid) {
    if (systemClock.now() >= deadline) return false;
    await systemClock.sleep(20);
  }
  return true;
}

/** Signals a process; one that is gone needs none. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (cause) {
    if (errnoOf(cause) !== "ESRCH") throw cause;
  }
}
