import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { randomUUID } from "node:crypto";
import { constants, closeSync, openSync, rmSync } from "node:fs";
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
  /** Of the run folder, for FIFOs. */
  folder: string;
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
  { client, secrets, gvisor, folder }: ExecParts,
  containerId: string,
  args: string[],
  timeoutMs: number,
): Promise<ExecResult> {
  const execId = `exec-${randomUUID()}`;
  const fifo = join(folder, execId);
  makeFifo(fifo);
  const reader = new FifoReader(fifo);
  const target = { containerId, execId };
  const timeout = AbortSignal.timeout(timeoutMs);
  const options = { signal: timeout };
  try {
    const program = (process: OciProcess): OciProcess => ({ ...process, args, terminal: false });
    secrets.writeProgram(containerId, execId, program);
    const process = program(await processOf(client, containerId, options));
    const spec = create(AnySchema, { typeUrl: PROCESS_TYPE, value: Buffer.from(specText(process)) });
    await client.tasks.exec({ ...target, spec, stdin: "", stdout: fifo, stderr: fifo, terminal: false }, options);
    await client.tasks.start(target, options);
    const { exitStatus } = await client.tasks.wait(target, options);
    return { exitCode: exitStatus, output: await reader.end() };
  } catch (cause) {
    if (timeout.aborted) {
      await endProcess(client, gvisor, target);
      return { exitCode: -1, output: await reader.end() };
    }
    if (isDisconnected(cause)) throw cause;
    throw new ComputeError("ContainerRuntimeError", containerdMessage(cause));
  } finally {
    reader.close();
    rmSync(fifo, { force: true });
    secrets.remove(execId);
    gvisor.forgetProgram(execId);
    await unlessNotFound(client.tasks.deleteProcess(target, { timeoutMs: CLEANUP_TIMEOUT_MS })).catch(() => {}); // goes with the container
  }
}

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
async function endProcess(
  client: ContainerdClient,
  gvisor: ExecParts["gvisor"],
  target: { containerId: string; execId: string },
): Promise<void> {
  const options = { timeoutMs: CLEANUP_TIMEOUT_MS };
  const steps = [
    () => gvisor.killProgram(client.namespace, target.containerId, target.execId),
    () => client.tasks.kill({ ...target, signal: SIGKILL }, options),
    () => client.tasks.wait(target, options),
  ];
  // It was never started, has ended, or cannot be killed: each time its result is the same.
  for (const step of steps) await step().catch(() => {});
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

  /** What was written. When the process has ended, everything lies in the pipe, and one turn of the loop reads it. */
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
