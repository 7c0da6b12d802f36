import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Config } from "../../config.ts";
import {
  ComputeError,
  type ComputeBackend,
  type ContainerExit,
  type ContainerSpec,
  type ContainerState,
  type PulledImage,
  type PullRequest,
  type TerminalProgram,
} from "../backend.ts";
import { signalNumber } from "../signals.ts";
import { behaviourOf } from "./behaviour.ts";
import { simulatedTerminal } from "./terminal.ts";
import { Journal, type SimulatedContainer } from "./journal.ts";

export interface SimulatedBackendOptions {
  config: Pick<Config, "dataFolder">;
  clock: Clock;
}

const SIGTERM = 15;
const SIGKILL = 9;

/**
 * Containers that are only states and timers: for trying the API without root, for tests of the control plane at scale,
 * and for failures on demand (see `behaviour.ts`).
 */
export class SimulatedBackend implements ComputeBackend {
  private readonly clock: Clock;
  private readonly journal: Journal;
  private readonly listeners = new Set<(exit: ContainerExit) => void>();
  private timers = new AbortController();

  constructor({ config, clock }: SimulatedBackendOptions) {
    this.clock = clock;
    this.journal = new Journal(join(config.dataFolder, "simulated.jsonl"));
  }

  async start(): Promise<void> {
    this.timers = new AbortController();
    this.journal.open();
    for (const container of this.journal.containers.values()) this.scheduleEnd(container);
  }

  async stop(): Promise<void> {
    this.timers.abort();
    this.journal.close();
  }

  async shutdown(): Promise<void> {
    this.timers.abort();
    this.journal.discard();
  }

  async pull({ reference, signal }: PullRequest): Promise<PulledImage> {
    signal?.throwIfAborted();
    const behaviour = behaviourOf(reference);
    if (behaviour.pullMs > 0) await this.clock.sleep(behaviour.pullMs, signal);
    if (behaviour.error === "pull")
      throw new ComputeError(
        "CannotPullContainerError",
        `pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reference}: not found`,
      );
    const config = {
      env: [],
      entrypoint: [],
      command: ["/simulated"],
      workingDirectory: "",
      user: "",
      stopSignal: undefined,
      labels: {},
    };
    return { reference, digest: `sha256:${createHash("sha256").update(reference).digest("hex")}`, config };
  }

  async collectImages(): Promise<void> {}

  async copyFromImage(): Promise<boolean> {
    return false;
  }

  readonly hasUserNamespaces = false;

  async ensureUserNamespace(): Promise<undefined> {
    return undefined;
  }

  async removeUserNamespace(): Promise<void> {}

  async ensureTaskGroup(): Promise<void> {}

  async joinTaskGroup(): Promise<void> {}

  async usage(): Promise<undefined> {
    return undefined;
  }

  async removeTaskGroup(): Promise<void> {}

  async createContainer({ id, taskId, image }: ContainerSpec): Promise<void> {
    if (this.journal.containers.has(id)) return;
    if (behaviourOf(image.reference).error === "create")
      throw new ComputeError("CannotCreateContainerError", "simulated failure");
    this.journal.put({ id, taskId, image: image.reference, digest: image.digest, status: "created", oomKilled: false });
  }

  async startContainer(id: string): Promise<{ pid: number }> {
    const container = this.journal.containers.get(id);
    if (!container)
      throw new ComputeError("CannotStartContainerError", `failed to get container status: ${id}: not found`);
    const behaviour = behaviourOf(container.image);
    if (container.status === "created") {
      if (behaviour.startMs > 0) await this.clock.sleep(behaviour.startMs, this.timers.signal);
      if (behaviour.error === "start") throw new ComputeError("CannotStartContainerError", "simulated failure");
      this.begin(id);
    }
    return { pid: 1 };
  }

  async restartContainer({ id }: ContainerSpec, run: number): Promise<void> {
    const container = this.journal.containers.get(id);
    if (!container)
      throw new ComputeError("CannotStartContainerError", `failed to get container status: ${id}: not found`);
    if ((container.run ?? 0) < run) {
      const { exitCode: _exitCode, exitedAt: _exitedAt, ...rest } = container;
      this.journal.put({ ...rest, status: "created", oomKilled: false, run });
    }
    await this.startContainer(id);
  }

  async killContainer(id: string, signal: string): Promise<void> {
    const container = this.journal.containers.get(id);
    const number = signalNumber(signal);
    if (number === undefined)
      throw new ComputeError("CannotStopContainerError", `failed sending ${signal} to container: invalid signal`);
    const ignored = number === SIGTERM && container && behaviourOf(container.image).ignoresSigterm;
    if (container && container.status !== "stopped" && !ignored)
      this.end(id, { exitCode: 128 + number, oomKilled: false });
  }

  async removeContainer(id: string): Promise<void> {
    await this.killContainer(id, String(SIGKILL));
    this.journal.remove(id);
  }

  async inspect(id: string): Promise<ContainerState | undefined> {
    const container = this.journal.containers.get(id);
    return container && stateOf(container);
  }

  async list(): Promise<ContainerState[]> {
    return [...this.journal.containers.values()].map(stateOf);
  }

  async exec(id: string): Promise<{ exitCode: number; output: string }> {
    const container = this.journal.containers.get(id);
    if (container?.status !== "running")
      throw new ComputeError("ContainerRuntimeError", "cannot exec in a stopped state");
    return { exitCode: behaviourOf(container.image).healthy ? 0 : 1, output: "" };
  }

  /** Nothing runs in it: the terminal says so, and ends. */
  async execTerminal(id: string): Promise<TerminalProgram> {
    if (this.journal.containers.get(id)?.status !== "running")
      throw new ComputeError("ContainerRuntimeError", "cannot exec in a stopped state");
    return simulatedTerminal();
  }

  onExit(listener: (exit: ContainerExit) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private begin(id: string): void {
    const container = this.journal.containers.get(id);
    if (container?.status !== "created") return; // killed or removed while it started slowly
    const { end } = behaviourOf(container.image);
    const endsAt = end && this.clock.now() + end.afterMs;
    const running: SimulatedContainer = { ...container, status: "running", pid: 1, endsAt };
    this.journal.put(running);
    this.scheduleEnd(running);
  }

  /** Also for what should have ended while nobody ran. */
  private scheduleEnd({ id, image, status, endsAt }: SimulatedContainer): void {
    const { end } = behaviourOf(image);
    if (status !== "running" || endsAt === undefined || !end) return;
    const delay = endsAt - this.clock.now();
    if (delay <= 0) return this.end(id, end, endsAt);
    this.clock.sleep(delay, this.timers.signal).then(
      () => this.end(id, end, endsAt),
      () => {}, // let go
    );
  }

  private end(id: string, how: { exitCode: number; oomKilled: boolean }, exitedAt = this.clock.now()): void {
    const container = this.journal.containers.get(id);
    if (!container || container.status === "stopped") return;
    const { exitCode, oomKilled } = how;
    this.journal.put({
      ...container,
      status: "stopped",
      exitCode,
      exitedAt,
      oomKilled,
      pid: undefined,
      endsAt: undefined,
    });
    const { taskId, run = 0 } = container;
    for (const listener of this.listeners) listener({ id, taskId, exitCode, exitedAt, oomKilled, run });
  }
}

function stateOf({ image: _image, digest: _digest, endsAt: _endsAt, ...state }: SimulatedContainer): ContainerState {
  return state;
}
