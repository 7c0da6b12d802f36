import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { randomUUID } from "node:crypto";
import { constants, closeSync, openSync, readdirSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { ComputeError } from "../backend.ts";
import { containerdMessage, isDisconnected, unlessNotFound, type ContainerdClient } from "./client.ts";
import type { GvisorRuntime } from "./gvisor/runtime.ts";
import type { OciProcess, SecretSpecs } from "./secrets/secret-specs.ts";
import { specText } from "./spec/spec-text.ts";
import { makeFifo } from "./streams.ts";

export const PROCESS_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Process";
const SIGKILL = 9;
/** What ECS keeps of a health check's output. */
const MAX_OUTPUT_BYTES = 1024;
/** How long each step of clearing away may take: beyond it a runtime hangs, and the rest goes with the container. */
const CLEANUP_TIMEOUT_MS = 5000;

export interface ExecParts {
  client: ContainerdClient;
  secrets: SecretSpecs;
  gvisor: Pick<GvisorRuntime, "killProgram" | "forgetProgram">;
  /** Of the run folder, for FIFOs; their names say of which program in which container they are. */
  folder: string;
}

interface Target {
  containerId: string;
  execId: string;
}

export interface ExecResult {
  /** -1 when it did not end in time. */
  exitCode: number;
  output: string;
}

/**
 * Runs a program in a container as the container's user, with its environment, and kills it when its time is over. Its
 * output goes through a FIFO: what is more than we keep is thrown away, and never fills a disk.
 * @throws ComputeError `ContainerRuntimeError` when it cannot be run
 */
export async function execInContainer(
  parts: ExecParts,
  containerId: string,
  args: string[],
  timeoutMs: number,
): Promise<ExecResult> {
  const target = { containerId, execId: `exec-${randomUUID()}` };
  const fifo = fifoOf(parts, target);
  makeFifo(fifo);
  const reader = new FifoReader(fifo);
  try {
    // The shim passes on what was written at its own pace: all is here when it has let go of the program.
    const exitCode = await runProgram(parts, target, args, timeoutMs).finally(() => forget(parts, target));
    return { exitCode, output: await reader.end() };
  } finally {
    reader.close();
  }
}

/** @returns the exit code, or -1 when its time was over */
async function runProgram(parts: ExecParts, target: Target, args: string[], timeoutMs: number): Promise<number> {
  const { client, secrets } = parts;
  const fifo = fifoOf(parts, target);
  const timeout = AbortSignal.timeout(timeoutMs);
  const options = { signal: timeout };
  try {
    const program = (process: OciProcess): OciProcess => ({ ...process, args, terminal: false });
    secrets.writeProgram(target.containerId, target.execId, program);
    const process = program(await processOf(client, target.containerId, options));
    const spec = create(AnySchema, { typeUrl: PROCESS_TYPE, value: Buffer.from(specText(process)) });
    await client.tasks.exec({ ...target, spec, stdin: "", stdout: fifo, stderr: fifo, terminal: false }, options);
    await client.tasks.start(target, options);
    return (await client.tasks.wait(target, options)).exitStatus;
  } catch (cause) {
    if (timeout.aborted) {
      await endProcess(parts, target);
      return -1;
    }
    if (isDisconnected(cause)) throw cause;
    throw new ComputeError("ContainerRuntimeError", containerdMessage(cause));
  }
}

/** Ends what a process that died has left running; nothing of this one may be under way. */
export async function endStalePrograms(parts: ExecParts): Promise<void> {
  await Promise.all(
    readdirSync(parts.folder).map(async (name) => {
      const [execId = "", containerId = ""] = name.split(".", 2);
      const target = { containerId, execId };
      // A start that is under way waits for somebody to read, and whoever kills what it starts waits for it.
      const reader = new FifoReader(join(parts.folder, name));
      if (!(await deleteProcess(parts, target))) await endProcess(parts, target);
      reader.close();
      await forget(parts, target);
    }),
  );
}

const fifoOf = ({ folder }: ExecParts, { containerId, execId }: Target) => join(folder, `${execId}.${containerId}`);

/** The first process of a container as its specification has it, without secrets. */
export async function processOf(
  client: ContainerdClient,
  id: string,
  options: { signal?: AbortSignal } = {},
): Promise<OciProcess> {
  const { container } = await client.containers.get({ id }, options);
  const spec = JSON.parse(Buffer.from(container!.spec!.value).toString()) as { process: OciProcess };
  return spec.process;
}

/** Kills a program whose time is over. One that a hanging runtime keeps from being killed is left. */
async function endProcess({ client, gvisor }: ExecParts, target: Target): Promise<void> {
  const options = { timeoutMs: CLEANUP_TIMEOUT_MS };
  const steps = [
    () => gvisor.killProgram(client.namespace, target.containerId, target.execId),
    () => client.tasks.kill({ ...target, signal: SIGKILL }, options),
    () => client.tasks.wait(target, options),
  ];
  // It was never started, has ended, or cannot be killed: each time its result is the same.
  for (const step of steps) await step().catch(() => {});
}

async function forget(parts: ExecParts, target: Target): Promise<void> {
  await deleteProcess(parts, target); // what is left goes with the container
  parts.secrets.remove(target.execId);
  parts.gvisor.forgetProgram(target.execId);
  rmSync(fifoOf(parts, target), { force: true });
}

/** @returns whether the runtime has nothing of it any more: it lets go of what was not started or has ended */
async function deleteProcess({ client }: ExecParts, target: Target): Promise<boolean> {
  return await unlessNotFound(client.tasks.deleteProcess(target, { timeoutMs: CLEANUP_TIMEOUT_MS })).then(
    () => true,
    () => false,
  );
}

/** Reads a FIFO into memory, up to what is kept. */
class FifoReader {
  private readonly socket: Socket;
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(path: string) {
    // Open for writing too: else the open would wait for the writer, and the end would come with the first one's.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      this.socket = new Socket({ fd, readable: true, writable: false });
    } catch (cause) {
      closeSync(fd);
      throw cause;
    }
    this.socket.on("data", (chunk: Buffer) => {
      if (this.size < MAX_OUTPUT_BYTES) this.chunks.push(chunk);
      this.size += chunk.byteLength;
    });
    this.socket.on("error", () => {}); // output is lost, the exit code is not
  }

  /** What was written. Once the program is forgotten, all lies in the pipe, and one turn of the loop reads it. */
  async end(): Promise<string> {
    for (let seen = -1; seen !== this.size && this.size < MAX_OUTPUT_BYTES;) {
      seen = this.size;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return Buffer.concat(this.chunks).subarray(0, MAX_OUTPUT_BYTES).toString();
  }

  close(): void {
    this.socket.destroy();
  }
}
