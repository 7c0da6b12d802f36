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
import type { Behaviour, Span } from "./behaviour.ts";
import { Journal, type SimulatedContainer, type SimulatedImage } from "./journal.ts";
import { Behaviours } from "./script.ts";
import { simulatedTerminal } from "./terminal.ts";

export interface SimulatedBackendOptions {
  config: Pick<Config, "dataFolder" | "simulatedScript">;
  clock: Clock;
}

const SIGTERM = 15;
const SIGKILL = 9;
/** Longer timers fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Containers that are only states and timers: for trying the API without root, for tests of the control plane at scale,
 * and for failures on demand (see `behaviour.ts`).
 */
export class SimulatedBackend implements ComputeBackend {
  private readonly clock: Clock;
  private readonly journal: Journal;
  private readonly behaviours: Behaviours;
  private readonly listeners = new Set<(exit: ContainerExit) => void>();
  /** Of containers that start slowly. One signal for all would be as slow as it has listeners. */
  private readonly starts = new Set<AbortController>();
  /** Of containers that end by themselves, by their ids. */
  private readonly ends = new Map<string, AbortController>();

  constructor({ config, clock }: SimulatedBackendOptions) {
    this.clock = clock;
    this.journal = new Journal(join(config.dataFolder, "simulated.jsonl"));
    this.behaviours = new Behaviours(config.simulatedScript);
  }

  async start(): Promise<void> {
    this.behaviours.load();
    this.journal.open();
    for (const container of this.journal.containers.values()) this.scheduleEnd(container);
  }

  async stop(): Promise<void> {
    this.letGo();
    this.journal.close();
  }

  async shutdown(): Promise<void> {
    this.letGo();
    this.journal.discard();
  }

  async pull({ reference, signal }: PullRequest): Promise<PulledImage> {
    signal?.throwIfAborted();
    const image = this.imageOf(reference);
    const number = image.pulls + 1;
    this.journal.putImage({ ...image, pulls: number });
    const behaviour = this.behaviours.of(image.reference);
    const pullMs = drawn(behaviour.pull, `${image.digest} pull ${number}`);
    if (pullMs > 0) await this.clock.sleep(pullMs, signal);
    if (behaviour.error === "pull" && isFailing(behaviour, number))
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
    return { reference, digest: image.digest, config };
  }

  async collectImages(): Promise<void> {}

  async copyFromImage(): Promise<boolean> {
    return false;
  }

  readonly hasFiles = false;

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

  async createContainer({ id, taskId, image: { reference, digest } }: ContainerSpec): Promise<void> {
    if (this.journal.containers.has(id)) return;
    const image = this.journal.images.get(digest) ?? this.imageOf(reference);
    const number = image.containers + 1;
    this.journal.putImage({ ...image, containers: number });
    const behaviour = this.behaviours.of(image.reference);
    if (behaviour.error === "create" && isFailing(behaviour, number))
      throw new ComputeError("CannotCreateContainerError", "simulated failure");
    this.journal.put({ id, taskId, image: image.reference, digest, number, status: "created", oomKilled: false });
  }

  async startContainer(id: string): Promise<{ pid: number }> {
    const container = this.journal.containers.get(id);
    if (!container)
      throw new ComputeError("CannotStartContainerError", `failed to get container status: ${id}: not found`);
    const behaviour = this.behaviours.of(container.image);
    if (container.status === "created") {
      const startMs = drawn(behaviour.start, `${id} start`);
      if (startMs > 0) await this.startSlowly(startMs);
      if (behaviour.error === "start" && isFailing(behaviour, container.number))
        throw new ComputeError("CannotStartContainerError", "simulated failure");
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
    const ignored = number === SIGTERM && container && this.behaviours.of(container.image).ignoresSigterm;
    if (container && container.status !== "stopped" && !ignored)
      this.end(id, { exitCode: 128 + number, oomKilled: false });
  }

  /** Nothing is printed. */
  async releaseContainer(): Promise<void> {}

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
    return { exitCode: this.isHealthy(container) ? 0 : 1, output: "" };
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

  /** What is known of an image by any reference: a digest stands for the tag that it was first pulled by. */
  private imageOf(reference: string): SimulatedImage {
    const named = reference.split("@")[1];
    const digest = named ?? `sha256:${createHash("sha256").update(reference).digest("hex")}`;
    return this.journal.images.get(digest) ?? { reference, digest, pulls: 0, containers: 0 };
  }

  private isHealthy({ id, image, startedAt = 0 }: SimulatedContainer): boolean {
    const { healthyAfter, unhealthyAfter } = this.behaviours.of(image);
    const age = this.clock.now() - startedAt;
    if (unhealthyAfter && age >= drawn(unhealthyAfter, `${id} unhealthy`)) return false;
    return age >= drawn(healthyAfter, `${id} healthy`);
  }

  private async startSlowly(ms: number): Promise<void> {
    const start = new AbortController();
    this.starts.add(start);
    await this.clock.sleep(ms, start.signal).finally(() => this.starts.delete(start));
  }

  private letGo(): void {
    for (const timer of [...this.starts, ...this.ends.values()]) timer.abort();
    this.ends.clear();
  }

  private begin(id: string): void {
    const container = this.journal.containers.get(id);
    if (container?.status !== "created") return; // killed or removed while it started slowly
    const behaviour = this.behaviours.of(container.image);
    const startedAt = this.clock.now();
    const running: SimulatedContainer = { ...container, status: "running", pid: 1, startedAt };
    if (behaviour.end && isFailing(behaviour, container.number)) {
      const { after, exitCode, oomKilled } = behaviour.end;
      running.end = { at: startedAt + drawn(after, `${id} end ${container.run ?? 0}`), exitCode, oomKilled };
    }
    this.journal.put(running);
    this.scheduleEnd(running);
  }

  /** Also for what should have ended while nobody ran. */
  private scheduleEnd(container: SimulatedContainer): void {
    const { id, status, end } = container;
    if (status !== "running" || !end) return;
    const delay = end.at - this.clock.now();
    if (delay <= 0) return this.end(id, end, end.at);
    const timer = new AbortController();
    this.ends.set(id, timer);
    this.clock.sleep(Math.min(delay, MAX_TIMER_MS), timer.signal).then(
      () => this.scheduleEnd(container),
      () => {}, // let go
    );
  }

  private end(id: string, how: { exitCode: number; oomKilled: boolean }, exitedAt = this.clock.now()): void {
    const container = this.journal.containers.get(id);
    if (!container || container.status === "stopped") return;
    this.ends.get(id)?.abort();
    this.ends.delete(id);
    const { exitCode, oomKilled } = how;
    this.journal.put({
      ...container,
      status: "stopped",
      exitCode,
      exitedAt,
      oomKilled,
      pid: undefined,
      end: undefined,
    });
    const { taskId, run = 0 } = container;
    for (const listener of this.listeners) listener({ id, taskId, exitCode, exitedAt, oomKilled, run });
  }
}

/** Whether the container, or pull, of that number among those of its image fails where the behaviour says so. */
function isFailing({ failing }: Behaviour, number = 0): boolean {
  return failing === undefined || number <= failing;
}

/** A time of the span, milliseconds: the same for the same key. */
function drawn({ from, to }: Span, key: string): number {
  if (from === to) return from;
  const share = createHash("sha256").update(key).digest().readUInt32BE() / 2 ** 32;
  return from + share * (to - from);
}

function stateOf({ id, taskId, status, pid, exitCode, exitedAt, oomKilled, run }: SimulatedContainer): ContainerState {
  return { id, taskId, status, pid, exitCode, exitedAt, oomKilled, run };
}
