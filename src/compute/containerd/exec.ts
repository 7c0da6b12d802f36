import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { randomUUID } from "node:crypto";
import { constants, closeSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { run } from "../../base/command.ts";
import { ComputeError } from "../backend.ts";
import { containerdMessage, isDisconnected, unlessNotFound, type ContainerdClient } from "./client.ts";

const PROCESS_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Process";
const SIGKILL = 9;
/** What ECS keeps of a health check's output. */
const MAX_OUTPUT_BYTES = 1024;

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
  client: ContainerdClient,
  folder: string,
  containerId: string,
  args: string[],
  timeoutMs: number,
): Promise<ExecResult> {
  const execId = `exec-${randomUUID()}`;
  const fifo = join(folder, execId);
  await run("mkfifo", ["-m", "600", fifo]);
  const reader = new FifoReader(fifo);
  const target = { containerId, execId };
  try {
    const process = { ...(await processOf(client, containerId)), args, terminal: false };
    const spec = create(AnySchema, { typeUrl: PROCESS_TYPE, value: Buffer.from(JSON.stringify(process)) });
    await client.tasks.exec({ ...target, spec, stdin: "", stdout: fifo, stderr: fifo, terminal: false });
    const exitCode = await runProcess(client, target, timeoutMs);
    return { exitCode, output: await reader.end() };
  } catch (cause) {
    if (isDisconnected(cause)) throw cause;
    throw new ComputeError("ContainerRuntimeError", containerdMessage(cause));
  } finally {
    reader.close();
    rmSync(fifo, { force: true });
    await unlessNotFound(client.tasks.deleteProcess(target)).catch(() => {}); // goes with the container
  }
}

async function processOf(client: ContainerdClient, id: string): Promise<object> {
  const { container } = await client.containers.get({ id });
  const spec = JSON.parse(Buffer.from(container!.spec!.value).toString()) as { process: object };
  return spec.process;
}

async function runProcess(
  client: ContainerdClient,
  target: { containerId: string; execId: string },
  timeoutMs: number,
): Promise<number> {
  const timeout = AbortSignal.timeout(timeoutMs);
  await client.tasks.start(target);
  try {
    const { exitStatus } = await client.tasks.wait(target, { signal: timeout });
    return exitStatus;
  } catch (cause) {
    if (!timeout.aborted) throw cause;
    await unlessNotFound(client.tasks.kill({ ...target, signal: SIGKILL }));
    await unlessNotFound(client.tasks.wait(target));
    return -1;
  }
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

  /** What was written. The process has ended: everything lies in the pipe, and one turn of the loop reads it. */
  async end(): Promise<string> {
    for (let seen = -1; seen !== this.size;) {
      seen = this.size;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return Buffer.concat(this.chunks).subarray(0, MAX_OUTPUT_BYTES).toString();
  }

  close(): void {
    this.socket.destroy();
  }
}
