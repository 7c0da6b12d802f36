import { backoffMs } from "../base/retry.ts";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import type { Logger } from "../base/log.ts";
import { ComputeError, type ComputeBackend, type ContainerExit, type ContainerState } from "../compute/backend.ts";
import { Announcer } from "./announcer.ts";
import { graphNode, mayStop, startDecision } from "./container-graph.ts";
import { restartContainer } from "./container-restarter.ts";
import { containerSpec } from "./container-spec.ts";
import { ContainerStopper } from "./container-stopper.ts";
import type { TaskDiscovery } from "./discovery.ts";
import type { EphemeralStorage } from "./ephemeral-storage.ts";
import type { HealthMonitors } from "./health-monitor.ts";
import { drainToRouter } from "./firelens/drain.ts";
import { TaskStartError, type TaskHook } from "./hooks/hook.ts";
import { capacityLeftMs } from "./interruption.ts";
import type { ExecAgents, LogShipper } from "./ports.ts";
import type { TaskSecrets } from "./secrets/task-secrets.ts";
import type { TaskFiles } from "./task-files.ts";
import { retiresItselfAt, withRetirement } from "./retirement.ts";
import {
  definitionOf,
  isEssential,
  isFound,
  presenceOf,
  type ContainerRecord,
  type TaskRecord,
} from "./task-record.ts";
import type { TaskStore } from "./task-store.ts";
import { settleAll } from "../base/settle.ts";
import {
  withContainer,
  withContainerFailure,
  withExit,
  withLeaving,
  withRunning,
  withStartFailure,
  withStop,
  withVanished,
} from "./transitions.ts";

/** How often a launch that fails for reasons of the host is tried before the task is given up. */
const LAUNCH_ATTEMPTS = 6;

const MAX_TIMER_MS = 2 ** 31 - 1;

/** What ECS reports for a container that waited in vain for those it depends on. */
const NEVER_STARTED = 143;

/** When a directory did not take an announcement, the next try. */
const ANNOUNCE_AGAIN_MS = 5000;

/** What every actor works with. */
export interface ActorParts {
  store: TaskStore;
  compute: ComputeBackend;
  /** Run in stages: the hooks of one stage side by side, torn down in the opposite order. */
  stages: readonly (readonly TaskHook[])[];
  files: TaskFiles;
  storage: EphemeralStorage;
  secrets: TaskSecrets;
  shipper: LogShipper;
  health: HealthMonitors;
  discovery: TaskDiscovery;
  execAgents: ExecAgents;
  clock: Clock;
  log: Logger;
}

/** What to do when a step is done: go on at once, or wait for a wake-up, for so many milliseconds at most. */
type Next = "again" | "done" | { waitMs: number | undefined };

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
  private readonly announcer: Announcer;
  private readonly stopper: ContainerStopper;

  constructor(task: Pick<TaskRecord, "scope" | "taskId">, parts: ActorParts) {
    this.task = task;
    this.parts = parts;
    this.log = parts.log.child({ task: task.taskId });
    this.announcer = new Announcer({ ...parts, log: this.log });
    this.stopper = new ContainerStopper({ ...parts, log: this.log });
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
        this.woken = false; // by what the step wrote before it failed
        next = { waitMs: backoffMs(this.failures, 200, 10_000) };
      }
      if (next === "done") return;
      if (next !== "again") await this.wait(next.waitMs);
    }
  }

  private tell(change: (task: TaskRecord) => TaskRecord): void {
    this.mailbox.push(change);
    this.wake();
  }

  /** Takes over what the runtime says of a container that the record may be behind of. */
  private adopt(state: ContainerState): void {
    const { id, status, exitCode, exitedAt, run = 0 } = state;
    const now = this.parts.clock.now();
    if (status === "stopped" && exitCode === undefined) this.tell((task) => withVanished(task, id, new Date(now)));
    else if (status === "stopped") this.exited({ ...state, exitCode: exitCode!, exitedAt: exitedAt ?? now });
    else if (status === "running") this.mailbox.push((task) => withRunning(task, id, run, new Date(now)));
  }

  private async wait(ms: number | undefined): Promise<void> {
    if (this.woken || this.closed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.wakeUp = resolve;
    const timer = ms === undefined ? undefined : setTimeout(resolve, Math.min(Math.max(0, ms), MAX_TIMER_MS));
    await promise;
    clearTimeout(timer);
    this.wakeUp = undefined;
  }

  private update(change: (task: TaskRecord) => TaskRecord): Promise<TaskRecord | undefined> {
    return this.parts.store.update(this.task.scope, this.task.taskId, change);
  }

  private async step(): Promise<Next> {
    this.woken = false;
    const letters = [...this.mailbox];
    const task = letters.length
      ? await this.update((current) => letters.reduce((changed, letter) => letter(changed), current))
      : await this.parts.store.get(this.task.scope, this.task.taskId);
    this.mailbox.splice(0, letters.length); // only now: had the write failed, they would be needed again
    if (!task || task.lastStatus === "STOPPED") return "done";
    if (task.desiredStatus === "STOPPED") {
      this.launchAbort.abort(new Error("the task is to stop"));
      return await this.stopStep(task);
    }
    if ((retiresItselfAt(task) ?? Infinity) <= this.parts.clock.now()) {
      await this.update(withRetirement);
      return "again";
    }
    try {
      return await this.launchStep(task);
    } catch (cause) {
      // What runs is not stopped because something beside it fails.
      if (task.lastStatus === "RUNNING") throw cause;
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
    await this.update((task) => withStartFailure(task, reason, known));
    return "again";
  }

  /** Towards RUNNING: prepare, start what may start, and say so when all have. */
  private async launchStep(task: TaskRecord): Promise<Next> {
    const pairs = task.containers.map((container) => ({ container, node: graphNode(task, container) }));
    const waiting = pairs.filter(({ container }) => container.phase === "NONE");
    if (waiting.length && !this.prepared) {
      await this.prepare(task);
      this.prepared = true;
      return "again";
    }
    const ended = task.containers.filter((container) => container.restarting);
    if (ended.length) {
      await settleAll(ended.map((container) => this.restart(task, container)));
      return "again";
    }
    const now = this.parts.clock.now();
    const nodes = pairs.map(({ node }) => node);
    const decisions = waiting.map(({ container, node }) => ({ container, decision: startDecision(node, nodes, now) }));
    for (const { container, decision } of decisions)
      if ("never" in decision) {
        await this.cannotStart(task, container, `CannotStartContainerError: ${decision.never}`, NEVER_STARTED);
        return "again";
      }
    const ready = decisions.filter(({ decision }) => decision.go);
    if (ready.length) {
      await settleAll(ready.map(({ container }) => this.startContainer(task, container)));
      return "again";
    }
    for (const { container } of pairs) await this.attend(task, container);
    await this.attendProxy(task);
    const announced = waiting.length > 0 || (await this.announcer.announce(task, presenceOf(task)));
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
      "waitUntil" in decision && decision.waitUntil ? [decision.waitUntil - now] : [],
    );
    if (!announced) deadlines.push(ANNOUNCE_AGAIN_MS);
    const retiresAt = retiresItselfAt(task);
    if (retiresAt !== undefined) deadlines.push(retiresAt - now);
    return { waitMs: deadlines.length ? Math.min(...deadlines) : undefined };
  }

  private async prepare(task: TaskRecord): Promise<void> {
    let current = task;
    for (const stage of this.parts.stages) {
      // When one fails the others need not finish, but they must have ended before anything is taken down.
      const siblings = new AbortController();
      const signal = AbortSignal.any([this.launchAbort.signal, siblings.signal]);
      const patches = await settleAll(
        stage.map((hook) => hook.prepare(current, signal)),
        siblings,
      );
      failpoint(`task.prepared.${stage.map((hook) => hook.name).join("+")}`);
      this.launchAbort.signal.throwIfAborted();
      const patch = Object.assign({}, ...patches) as Partial<TaskRecord>;
      if (Object.keys(patch).length) current = (await this.update((latest) => ({ ...latest, ...patch }))) ?? current;
    }
  }

  private async startContainer(task: TaskRecord, container: ContainerRecord): Promise<void> {
    let createdAt: Date;
    try {
      await this.parts.compute.createContainer(containerSpec(task, container, this.parts));
      createdAt = new Date(this.parts.clock.now());
      failpoint("task.container-created");
      await this.attend(task, container);
      await this.parts.compute.startContainer(container.id);
    } catch (cause) {
      if (!(cause instanceof ComputeError)) throw cause;
      return await this.cannotStart(task, container, `${cause.name}: ${cause.message}`);
    }
    failpoint("task.container-started");
    await this.hasStarted({ ...container, createdAt });
  }

  /** An exit that came meanwhile is in the mailbox and is applied after this. */
  private async hasStarted({ id, createdAt, restartCount = 0 }: ContainerRecord): Promise<void> {
    const now = new Date(this.parts.clock.now());
    await this.update((current) =>
      withContainer(withRunning(current, id, restartCount, now), id, (container) => ({
        createdAt: container.createdAt ?? createdAt,
      })),
    );
  }

  /** Without an essential container there is no task; without another one it goes on. */
  private async cannotStart(
    task: TaskRecord,
    container: ContainerRecord,
    reason: string,
    exitCode?: number,
  ): Promise<void> {
    if (isEssential(task, container)) throw new TaskStartError(reason, container.name);
    this.log.info({ container: container.id, reason }, "a container cannot start");
    const failure = { reason, exitCode, now: new Date(this.parts.clock.now()) };
    await this.parts.compute.removeContainer(container.id); // it may be half made, or run after all
    await this.update((current) => withContainerFailure(current, container.id, failure));
  }

  private async restart(task: TaskRecord, container: ContainerRecord): Promise<void> {
    try {
      await restartContainer(task, container, this.parts);
    } catch (cause) {
      if (!(cause instanceof ComputeError)) throw cause;
      const failure = { reason: `${cause.name}: ${cause.message}`, now: new Date(this.parts.clock.now()) };
      await this.update((current) => withContainerFailure(current, container.id, failure));
      return;
    }
    this.log.info({ container: container.id, restarts: container.restartCount }, "a container was restarted");
    await this.hasStarted(container);
  }

  /** Follows the output and the health of a container that runs or is about to. */
  private async attend(task: TaskRecord, container: ContainerRecord): Promise<void> {
    if (container.phase === "STOPPED") return this.parts.health.forget(container.id);
    const route = this.parts.files.logRoute(task, container);
    if (route) await this.parts.shipper.follow(route);
    await this.startExecAgent(task, container);
    const healthCheck = definitionOf(task, container).healthCheck;
    if (healthCheck && container.phase === "RUNNING")
      this.parts.health.watch(
        container.id,
        healthCheck,
        container.startedAt!,
        container.healthStatus,
        (healthStatus, healthProbe) =>
          this.tell((current) => withContainer(current, container.id, () => ({ healthStatus, healthProbe }))),
      );
  }

  /** Once per run of the container. */
  private async startExecAgent(task: TaskRecord, container: ContainerRecord): Promise<void> {
    const { id, phase, startedAt, execAgent } = container;
    if (!task.enableExecuteCommand || phase !== "RUNNING" || !startedAt) return;
    if (execAgent?.containerStartedAt.getTime() === startedAt.getTime()) return;
    const { execAgents, clock } = this.parts;
    const agent = await execAgents.state(task, container);
    const started = agent.lastStatus === "RUNNING" ? { startedAt: new Date(clock.now()) } : {};
    await this.update((current) =>
      withContainer(current, id, () => ({ execAgent: { ...agent, ...started, containerStartedAt: startedAt } })),
    );
  }

  /** Follows the output of the Service Connect proxy. */
  private async attendProxy(task: TaskRecord): Promise<void> {
    const route = this.parts.files.proxyLogRoute(task);
    if (route) await this.parts.shipper.follow(route);
  }

  /** Towards STOPPED: leave the directories, signal in reverse order of dependence, kill what does not listen, clean up. */
  private async stopStep(task: TaskRecord): Promise<Next> {
    if (task.lastStatus !== "STOPPING" && task.lastStatus !== "DEPROVISIONING") {
      const now = new Date(this.parts.clock.now());
      const leaves = isFound(task) && task.lastStatus !== "DEACTIVATING";
      if (task.lastStatus === "DEACTIVATING") await this.announcer.leave(task);
      await this.update((current) => (leaves ? withLeaving(current, now) : withStop(current, now)));
      return "again";
    }
    const pairs = task.containers.map((container) => ({ container, node: graphNode(task, container) }));
    const nodes = pairs.map(({ node }) => node);
    if (nodes.every(({ phase }) => phase !== "RUNNING")) return await this.deprovision(task);
    // Without capacity nobody waits for those that depend on it.
    const isOver = capacityLeftMs(task, this.parts.clock.now()) === 0;
    const turns = pairs.filter(({ node }) => node.phase === "RUNNING" && (isOver || mayStop(node, nodes)));
    await drainToRouter(
      task,
      turns.map(({ container }) => container),
      this.parts,
    );
    const waits = await settleAll(turns.map(({ container }) => this.stopContainer(task, container)));
    return { waitMs: Math.min(...waits) };
  }

  /** Returns how long to wait for the end, milliseconds. */
  private async stopContainer(task: TaskRecord, container: ContainerRecord): Promise<number> {
    const leftMs = this.stopper.timeLeft(task, container);
    if (leftMs > 0) return leftMs;
    const waitMs = await this.stopper.signal(task, container);
    // Its end may have been missed: asks the runtime itself.
    const state = await this.parts.compute.inspect(container.id);
    if (state?.status === "stopped") this.adopt(state);
    else if (!state) this.adopt({ id: container.id, taskId: task.taskId, status: "stopped", oomKilled: false });
    return waitMs;
  }

  private async deprovision(task: TaskRecord): Promise<Next> {
    if (task.lastStatus !== "DEPROVISIONING") {
      await this.update((current) => ({ ...current, lastStatus: "DEPROVISIONING" }));
      return "again";
    }
    await settleAll(
      task.containers.map(async (container) => {
        this.parts.health.forget(container.id);
        await this.parts.compute.removeContainer(container.id);
      }),
    );
    failpoint("task.containers-removed");
    for (const stage of this.parts.stages.toReversed()) await settleAll(stage.map((hook) => hook.teardown(task)));
    if (isFound(task)) await this.announcer.announce(task, "LEFT");
    failpoint("task.before-stopped");
    await this.update((current) => ({
      ...current,
      lastStatus: "STOPPED",
      stoppedAt: new Date(this.parts.clock.now()),
    }));
    return "done";
  }
}
