import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { randomUUID } from "node:crypto";
import { constants, existsSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { writeFileAtomic } from "../../base/files.ts";
import { ComputeError, type TerminalProgram, type TerminalSize } from "../backend.ts";
import { containerdMessage, isDisconnected, unlessNotFound, type ContainerdClient } from "./client.ts";
import { PROCESS_TYPE, processOf } from "./exec.ts";
import type { GvisorRuntime } from "./gvisor/runtime.ts";
import type { OciProcess, SecretSpecs } from "./secrets/secret-specs.ts";
import { specText } from "./spec/spec-text.ts";
import { makeFifo } from "./streams.ts";

const SIGHUP = 1;
const SIGKILL = 9;
/** How long each step of clearing away may take: beyond it a runtime hangs, and the rest goes with the container. */
const CLEANUP_TIMEOUT_MS = 5000;
/** How long a program may take to end by itself when its terminal is gone. */
const HANG_UP_MS = 300;
/** The exit code of one that nobody saw the end of. */
const UNKNOWN = -1;

export interface TerminalProgramsOptions {
  client: ContainerdClient;
  secrets: SecretSpecs;
  /** Of the run folder: FIFOs, and a file per program that says whose container it is in. */
  folder: string;
  clock: Clock;
  /** Makes a call again when containerd was gone. */
  call: <T>(work: () => Promise<T>) => Promise<T>;
  gvisor: Pick<GvisorRuntime, "killProgram" | "forgetProgram">;
}

interface Target {
  containerId: string;
  execId: string;
}

/**
 * Programs in containers that have terminals of their own. The shim keeps the terminal and hangs it up when nobody has
 * its input open any more: so it does when this process dies.
 */
export class TerminalPrograms {
  private readonly options: TerminalProgramsOptions;

  constructor(options: TerminalProgramsOptions) {
    this.options = options;
  }

  /**
   * @param environment in front of it is the container's
   * @throws ComputeError `ContainerRuntimeError` with the runtime's words
   */
  async start(containerId: string, args: string[], environment: Record<string, string>): Promise<TerminalProgram> {
    const { client, secrets, folder } = this.options;
    const target = { containerId, execId: `terminal-${randomUUID()}` };
    const path = (kind: string) => join(folder, `${target.execId}.${kind}`);
    writeFileAtomic(join(folder, target.execId), containerId, 0o600);
    for (const kind of ["in", "out"]) makeFifo(path(kind));
    // For reading alone, so that it ends with the shim's end; opened so, it does not wait for that.
    const output = socketOf(path("out"), constants.O_RDONLY, { readable: true, writable: false });
    const input = socketOf(path("in"), constants.O_RDWR, { readable: false, writable: true });
    try {
      const program = (process: OciProcess) => asTerminalProgram(process, args, environment);
      secrets.writeProgram(containerId, target.execId, program);
      const value = Buffer.from(specText(program(await processOf(client, containerId))));
      const spec = create(AnySchema, { typeUrl: PROCESS_TYPE, value });
      await client.tasks.exec({ ...target, spec, stdin: path("in"), stdout: path("out"), stderr: "", terminal: true });
      await client.tasks.start(target);
    } catch (cause) {
      output.destroy();
      input.destroy();
      await this.forget(target);
      if (isDisconnected(cause)) throw cause;
      throw new ComputeError("ContainerRuntimeError", containerdMessage(cause));
    }
    return this.follow(target, output, input);
  }

  /** Ends what a process that died has left running; nothing of this one may be under way. */
  async removeStale(): Promise<void> {
    const { folder } = this.options;
    const left = readdirSync(folder).filter((name) => !name.includes("."));
    await Promise.all(
      left.map(async (execId) => {
        const target = { containerId: readFileSync(join(folder, execId), "utf8"), execId };
        // A start that is under way waits for somebody to read, and whoever kills what it starts waits for it.
        const reader = readerOf(join(folder, `${execId}.out`));
        await this.end(target);
        reader?.destroy();
        await this.forget(target);
      }),
    );
  }

  private follow(target: Target, output: Socket, input: Socket): TerminalProgram {
    const { client, call, clock } = this.options;
    const printed = new Promise<void>((resolve) => output.once("close", resolve));
    const exited = call(() => client.tasks.wait(target)).catch(() => undefined); // its container is gone
    const settle = async () => {
      const { exitStatus = UNKNOWN } = (await exited) ?? {};
      // The shim's end of the FIFO closes when all was copied; taken down before, it would throw the rest away.
      await printed;
      return exitStatus;
    };
    const ended = settle().finally(async () => {
      input.destroy();
      await this.forget(target);
    });
    return {
      output,
      input,
      ended,
      resize: ({ cols, rows }: TerminalSize) =>
        call(async () => void (await unlessNotFound(client.tasks.resizePty({ ...target, width: cols, height: rows })))),
      kill: async () => {
        input.destroy(); // by this the shim hangs up
        await this.end(target);
        await Promise.race([printed, clock.sleep(CLEANUP_TIMEOUT_MS)]);
        output.destroy();
      },
    };
  }

  /** As a terminal that is closed, and then by force, whichever step fails: it has ended, or ends with its container. */
  private async end(target: Target): Promise<void> {
    const { client, gvisor } = this.options;
    const options = { timeoutMs: CLEANUP_TIMEOUT_MS };
    const steps = [
      // In a sandbox the kernel's hang-up does not reach what runs in front of the terminal; a signal does.
      () => client.tasks.kill({ ...target, signal: SIGHUP }, options),
      () => client.tasks.wait(target, { timeoutMs: HANG_UP_MS }),
      () => gvisor.killProgram(client.namespace, target.containerId, target.execId),
      () => client.tasks.kill({ ...target, signal: SIGKILL }, options),
      () => client.tasks.wait(target, options),
    ];
    for (const step of steps) await step().catch(() => {});
  }

  private async forget(target: Target): Promise<void> {
    const { client, secrets, folder, gvisor } = this.options;
    const options = { timeoutMs: CLEANUP_TIMEOUT_MS };
    await unlessNotFound(client.tasks.deleteProcess(target, options)).catch(() => {}); // goes with the container
    secrets.remove(target.execId);
    gvisor.forgetProgram(target.execId);
    for (const file of [`${target.execId}.in`, `${target.execId}.out`, target.execId])
      rmSync(join(folder, file), { force: true });
  }
}

/** As root, whoever the container's user is, with whatever power the container has. */
function asTerminalProgram(process: OciProcess, args: string[], environment: Record<string, string>): OciProcess {
  const others = (process.env ?? []).filter((entry) => !Object.hasOwn(environment, entry.slice(0, entry.indexOf("="))));
  const own = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return { ...process, args, env: [...others, ...own], user: { uid: 0, gid: 0 }, terminal: true };
}

/** Takes what comes, to no end; nothing where there is no FIFO yet. */
function readerOf(path: string): Socket | undefined {
  if (!existsSync(path)) return undefined;
  return socketOf(path, constants.O_RDONLY, { readable: true, writable: false }).resume();
}

function socketOf(path: string, flags: number, ends: { readable: boolean; writable: boolean }): Socket {
  const socket = new Socket({ fd: openSync(path, flags | constants.O_NONBLOCK), ...ends });
  socket.on("error", () => socket.destroy());
  return socket;
}
