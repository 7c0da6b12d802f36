import { backoffMs } from "../base/retry.ts";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import type { Logger } from "../base/log.ts";
import { ComputeError, type ComputeBackend, type ContainerExit, type ContainerState } from "../compute/backend.ts";
import { mayStop, startDecision, type GraphNode } from "./container-graph.ts";
import { containerSpec, stopSignalOf } from "./container-spec.ts";
import type { HealthMonitors } from "./health-monitor.ts";
import { TaskStartError, type TaskHook } from "./hooks/hook.ts";
import type { LogShipper } from "./ports.ts";
import type { TaskFiles } from "./task-files.ts";
import { definitionOf, type ContainerRecord, type TaskRecord } from "./task-record.ts";
import type { TaskStore } from "./task-store.ts";
import { withContainer, withExit, withStartFailure, withStop } from "./transitions.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html, seconds. */
const DEFAULT_STOP_TIMEOUT = 30;
/** How often a launch that fails for reasons of the host is tried before the task is given up. */
const LAUNCH_ATTEMPTS = 6;

/** What every actor works with. */
export interface ActorParts {
  store: TaskStore;
  compute: ComputeBackend;
  /** Run in stages: the hooks of one stage side by side, torn down in the opposite order. */
  stages: readonly (readonly TaskHook[])[];
  files: TaskFiles;
  shipper: LogShipper;
  health: HealthMonitors;
  clock: Clock;
  log: Logger;
}

/** What to do when a step is done: go on at once, or wait for a wake-up, at the latest until a time. */
type Next = "again" | "done" | { waitUntil: number | undefined };

/**
 * Takes one task through its life. It alone changes the task's containers and status; all others send it messages: a
 * wish to stop through the record, exits and health through its mailbox. Its loop: read the record, apply the mailbox,
 * take the one step that is next, repeat; with nothing to do it sleeps until it is woken. Every step is written down
 * before it matters to anyone else and may be taken again, so the loop can start anywhere after a crash.
 */
export class TaskActor {
  private readonly task: Pick<TaskRecord, "scope" | "taskId">;
  private readonly parts: ActorParts;
  private readonly log: Logger;
  private readonly launchAbort = new AbortController();
  private readonly mailbox: ((task: TaskRecord) => TaskRecord)[] = [];
  private wakeUp: (() => void) | undefined;
  private woken = false;
  private closed = false;
  private prepared = false;
  private failures = 0;
  /** Containers that were told to stop by this process: a crash may have come between the record and the signal. */
  private readonly signalled = new Set<string>();

  constructor(task: Pick<TaskRecord, "scope" | "taskId">, parts: ActorParts) {
    this.task = task;
    this.parts = parts;
    this.log = parts.log.child({ task: task.taskId });
  }

  /** Looks at the record again. */
  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  /** The task's desired status is STOPPED now: what is under way for its launch is given up. */
  stopRequested(): void {
    this.launchAbort.abort(new Error("the task is to stop"));
    this.wake();
  }

  exited(exit: ContainerExit): void {
    this.tell((task) => withExit(task, exit));
  }

  /** Ends the loop; the task is left as it is. */
  close(): void {
    this.closed = true;
    this.launchAbort.abort(new Error("the engine stops"));
    this.wake();
  }

  /**
   * Runs until the task is STOPPED or the actor is closed.
   * @param found what the runtime knows of the task's containers, after a restart
   */
  async run(found: readonly ContainerState[] = []): Promise<void> {
    for (const state of found) this.adopt(state);
    while (!this.closed) {
      let next: Next;
      try {
        next = await this.step();
        this.failures = 0;
      } catch (err) {
        if (this.closed) return;
        this.failures++;
        this.log.warn({ err, failures: this.failures }, "a step failed and will be taken again");
        next = { waitUntil: this.parts.clock.now() + backoffMs(this.failures, 200, 10_000) };
      }
      if (next === "done") return;
      if (next !== "again") await this.wait(next.waitUntil);
    }
  }

  private tell(change: (task: TaskRecord) => TaskRecord): void {
    this.mailbox.push(change);
    this.wake();
  }

  /** Takes over what the runtime says of a container that the record may be behind of. */
  private adopt(state: ContainerState): void {
    if (state.status === "stopped")
      this.exited({ ...state, exitCode: state.exitCode ?? 255, exitedAt: state.exitedAt ?? this.parts.clock.now() });
    else if (state.status === "running")
      this.mailbox.push((task) =>
        withContainer(task, state.id, (container) =>
          container.phase === "NONE" || container.phase === "CREATED"
            ? { phase: "RUNNING", startedAt: container.startedAt ?? new Date(this.parts.clock.now()) }
            : {},
        ),
      );
  }

  private async wait(until: number | undefined): Promise<void> {
    if (this.woken || this.closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.wakeUp = resolve;
    const timer = until === undefined ? undefined : setTimeout(resolve, Math.max(0, until - this.parts.clock.now()));
    await promise;
    clearTimeout(timer);
    this.wakeUp = undefined;
  }

  private update(change: (task: TaskRecord) => TaskRecord): Promise<TaskRecord | undefined> {
    return this.parts.store.update(this.task.scope, this.task.taskId, change);
  }

  private async step(): Promise<Next> {
    this.woken = false;
    const letters = this.mailbox.splice(0);
    const task = letters.length
      ? await this.update((current) => letters.reduce((changed, letter) => letter(changed), current))
      : await this.parts.store.get(this.task.scope, this.task.taskId);
    if (!task || task.lastStatus === "STOPPED") return "done";
    if (task.desiredStatus === "STOPPED") {
      this.launchAbort.abort(new Error("the task is to stop"));
      return await this.stopStep(task);
    }
    try {
      return await this.launchStep(task);
    } catch (cause) {
      return await this.launchFailed(cause);
    }
  }

  private async launchFailed(cause: unknown): Promise<Next> {
    if (this.closed) return "done";
    if (this.launchAbort.signal.aborted) return "again";
    const known = cause instanceof TaskStartError ? cause : undefined;
    if (!known && this.failures + 1 < LAUNCH_ATTEMPTS) throw cause;
    const reason = known?.message ?? `ContainerRuntimeError: ${messageOf(cause)}`;
    this.log.info({ reason }, "the task cannot start");
    await this.update((task) => withStartFailure(task, reason, known?.containerName));
    return "again";
  }

  /** Towards RUNNING: prepare, start what may start, and say so when all have. */
  private async launchStep(task: TaskRecord): Promise<Next> {
    const waiting = task.containers.filter((container) => container.phase === "NONE" || container.phase === "CREATED");
    if (waiting.length && !this.prepared) {
      await this.prepare(task);
      this.prepared = true;
      return "again";
    }
    const now = this.parts.clock.now();
    const nodes = task.containers.map((container) => graphNode(task, container));
    const decisions = waiting.map((container) => ({
      container,
      decision: startDecision(
        nodes.find((node) => node.name === container.name)!,
        nodes,
        now,
      ),
    }));
    const hopeless = decisions.find(({ decision }) => "never" in decision);
    if (hopeless && "never" in hopeless.decision)
      throw new TaskStartError(`CannotStartContainerError: ${hopeless.decision.never}`, hopeless.container.name);
    const ready = decisions.filter(({ decision }) => decision.go);
    if (ready.length) {
      await Promise.all(ready.map(({ container }) => this.startContainer(task, container)));
      return "again";
    }
    for (const container of task.containers) await this.attend(task, container);
    if (!waiting.length && task.lastStatus !== "RUNNING") {
      failpoint("task.before-running");
      await this.update((current) =>
        current.desiredStatus === "STOPPED"
          ? current
          : { ...current, lastStatus: "RUNNING", startedAt: current.startedAt ?? new Date(this.parts.clock.now()) },
      );
      return "again";
    }
    const deadlines = decisions.flatMap(({ decision }) =>
      "waitUntil" in decision && decision.waitUntil ? [decision.waitUntil] : [],
    );
    return { waitUntil: deadlines.length ? Math.min(...deadlines) : undefined };
  }

  private async prepare(task: TaskRecord): Promise<void> {
    let current = task;
    for (const stage of this.parts.stages) {
      const patches = await Promise.all(stage.map((hook) => hook.prepare(current, this.launchAbort.signal)));
      failpoint(`task.prepared.${stage.map((hook) => hook.name).join("+")}`);
      this.launchAbort.signal.throwIfAborted();
      const patch = Object.assign({}, ...patches) as Partial<TaskRecord>;
      if (Object.keys(patch).length) current = (await this.update((latest) => ({ ...latest, ...patch }))) ?? current;
    }
  }

  private async startContainer(task: TaskRecord, container: ContainerRecord): Promise<void> {
    try {
      if (container.phase === "NONE") {
        await this.parts.compute.createContainer(containerSpec(task, container, this.parts.files));
        failpoint("task.container-created");
      }
      await this.attend(task, container);
      await this.parts.compute.startContainer(container.id);
    } catch (cause) {
      if (cause instanceof ComputeError) throw new TaskStartError(`${cause.name}: ${cause.message}`, container.name);
      throw cause;
    }
    failpoint("task.container-started");
    // An exit that came meanwhile is in the mailbox and is applied after this.
    await this.update((current) =>
      withContainer(current, container.id, () => ({ phase: "RUNNING", startedAt: new Date(this.parts.clock.now()) })),
    );
  }

  /** Follows the output and the health of a container that runs or is about to. */
  private async attend(task: TaskRecord, container: ContainerRecord): Promise<void> {
    if (container.phase === "STOPPED") return;
    const route = this.parts.files.logRoute(task, container);
    if (route) await this.parts.shipper.follow(route);
    const healthCheck = definitionOf(task, container).healthCheck;
    if (healthCheck && container.phase === "RUNNING")
      this.parts.health.watch(container.id, healthCheck, container.startedAt!, container.healthStatus, (healthStatus) =>
        this.tell((current) => withContainer(current, container.id, () => ({ healthStatus }))),
      );
  }

  /** Towards STOPPED: signal in reverse order of dependence, kill what does not listen, clean up. */
  private async stopStep(task: TaskRecord): Promise<Next> {
    const now = this.parts.clock.now();
    const alive = task.containers.filter((container) => container.phase === "RUNNING");
    if (task.lastStatus !== "STOPPING" && task.lastStatus !== "DEPROVISIONING") {
      await this.update((current) => withStop(current, new Date(this.parts.clock.now())));
      return "again";
    }
    if (!alive.length) return await this.deprovision(task);
    const nodes = task.containers.map((container) => graphNode(task, container));
    const deadlines: number[] = [];
    const signals: Promise<unknown>[] = [];
    for (const container of alive) {
      if (
        !mayStop(
          nodes.find((node) => node.name === container.name)!,
          nodes,
        )
      )
        continue;
      const timeoutMs = (definitionOf(task, container).stopTimeout ?? DEFAULT_STOP_TIMEOUT) * 1000;
      const signalledAt = this.signalled.has(container.id) ? container.stopSignalledAt?.getTime() : undefined;
      if (signalledAt === undefined) signals.push(this.signalStop(container));
      else if (now >= signalledAt + timeoutMs) signals.push(this.parts.compute.killContainer(container.id, "SIGKILL"));
      deadlines.push((signalledAt ?? now) + timeoutMs);
    }
    await Promise.all(signals);
    // After a SIGKILL the exit event is due; looking again in a second costs nothing when it was lost.
    return { waitUntil: Math.max(now + 1000, Math.min(...deadlines)) };
  }

  private async signalStop(container: ContainerRecord): Promise<void> {
    await this.update((current) =>
      withContainer(current, container.id, () => ({ stopSignalledAt: new Date(this.parts.clock.now()) })),
    );
    failpoint("task.stop-recorded");
    await this.parts.compute.killContainer(container.id, stopSignalOf(container));
    this.signalled.add(container.id);
    failpoint("task.stop-signalled");
    // Gone already, its exit lost with the engine that should have heard it.
    const state = await this.parts.compute.inspect(container.id);
    if (!state)
      this.tell((task) =>
        withContainer(task, container.id, () => ({
          phase: "STOPPED",
          reason: "ContainerVanishedError: No container matching saved ID found",
        })),
      );
    else if (state.status === "stopped") this.adopt(state);
  }

  private async deprovision(task: TaskRecord): Promise<Next> {
    if (task.lastStatus !== "DEPROVISIONING") {
      await this.update((current) => ({ ...current, lastStatus: "DEPROVISIONING" }));
      return "again";
    }
    await Promise.all(
      task.containers.map(async (container) => {
        this.parts.health.forget(container.id);
        await this.parts.compute.removeContainer(container.id);
      }),
    );
    failpoint("task.containers-removed");
    for (const stage of this.parts.stages.toReversed()) await Promise.all(stage.map((hook) => hook.teardown(task)));
    failpoint("task.before-stopped");
    await this.update((current) => ({
      ...current,
      lastStatus: "STOPPED",
      stoppedAt: new Date(this.parts.clock.now()),
    }));
    return "done";
  }
}

function graphNode(task: TaskRecord, container: ContainerRecord): GraphNode {
  const definition = definitionOf(task, container);
  return {
    name: container.name,
    phase: container.phase,
    exitCode: container.exitCode,
    healthy: container.healthStatus === "HEALTHY",
    hasHealthCheck: definition.healthCheck !== undefined,
    startedAt: container.startedAt?.getTime(),
    startTimeout: definition.startTimeout,
    dependsOn: definition.dependsOn ?? [],
  };
}
