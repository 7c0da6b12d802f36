import { setImmediate } from "node:timers/promises";
import type { TaskStopCode } from "@aws-sdk/client-ecs";
import type { Clock } from "../base/clock.ts";
import type { Component } from "../base/lifecycle.ts";
import type { Logger } from "../base/log.ts";
import { parseScopeKey, type Scope } from "../base/scope.ts";
import { isolationOf, type Isolation, type IsolationChoice } from "../base/isolation.ts";
import type { ComputeBackend, ContainerState } from "../compute/backend.ts";
import type { Store } from "../store/store.ts";
import type { Disks } from "../storage/disks.ts";
import type { TaskDiscovery } from "./discovery.ts";
import { EphemeralStorage } from "./ephemeral-storage.ts";
import { HealthMonitors } from "./health-monitor.ts";
import { environmentFilesHook } from "./hooks/environment-files.ts";
import { executionResourcesHook } from "./hooks/execution-resources.ts";
import { filesHook } from "./hooks/files.ts";
import { firelensHook } from "./hooks/firelens.ts";
import { imagesHook } from "./hooks/images.ts";
import { logsHook } from "./hooks/logs.ts";
import { networkHook } from "./hooks/network.ts";
import { serviceConnectHook } from "./hooks/service-connect.ts";
import { storageHook } from "./hooks/storage.ts";
import { taskGroupHook } from "./hooks/task-group.ts";
import { userNamespaceHook } from "./hooks/user-namespace.ts";
import { volumesHook } from "./hooks/volumes.ts";
import { chooseSpotTasks, withInterruption, type SpotChoice } from "./interruption.ts";
import type {
  ExecAgents,
  ExecutionRole,
  LogShipper,
  LogSink,
  ObjectReader,
  TaskNetworking,
  TaskObserver,
  VolumeProvider,
} from "./ports.ts";
import { TaskSecrets } from "./secrets/task-secrets.ts";
import { TaskActor, type ActorParts } from "./task-actor.ts";
import { TaskFiles } from "./task-files.ts";
import { isFound, UNFINISHED, type TaskRecord } from "./task-record.ts";
import { TaskStore } from "./task-store.ts";

/** How long DescribeTasks still shows a stopped task: ECS promises an hour. */
const STOPPED_TASKS_KEPT_MS = 60 * 60 * 1000;
const SWEEP_EVERY_MS = 5 * 60 * 1000;
/** So many tasks are taken up after a start before anything else gets its turn. */
const TAKEN_UP_AT_ONCE = 100;
/** Images that nothing has used or pulled for a week go. */
const IMAGES_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

export interface TaskEngineParts {
  store: Store;
  compute: ComputeBackend;
  networking: TaskNetworking;
  discovery: TaskDiscovery;
  sink: LogSink;
  objects: ObjectReader;
  executionRole: ExecutionRole;
  execAgents: ExecAgents;
  shipper: LogShipper;
  dataFolder: string;
  /** Of the run folder, for secrets of tasks; without it they end with this process. */
  secretsFolder?: string;
  /** Hears of every change of a task. */
  observer: TaskObserver;
  /** The tiers of the tasks that are launched from now on; nothing when they are not isolated at all. */
  isolation?: IsolationChoice;
  /** The ephemeral storage of tasks. */
  disks: Disks;
  /** Whoever has volumes that do not lie on it. */
  volumeProviders: readonly VolumeProvider[];
  /** How much images may take that no task uses. */
  imageCacheBytes: number;
  clock: Clock;
  log: Logger;
}

/** Runs every task: one actor each, woken by changes of its record and by what the runtime reports. */
export class TaskEngine implements Component {
  readonly name = "tasks";
  readonly tasks: TaskStore;
  readonly storage: EphemeralStorage;
  private readonly parts: TaskEngineParts;
  private readonly actorParts: ActorParts;
  /** By task id: 128 random bits are unique over scopes. */
  private readonly actors = new Map<string, { actor: TaskActor; ended: Promise<void> }>();
  private readonly subscriptions: (() => void)[] = [];
  private readonly health: HealthMonitors;
  private sweeper: NodeJS.Timeout | undefined;
  private launching = true;

  constructor(parts: TaskEngineParts) {
    this.parts = parts;
    this.tasks = new TaskStore(parts.store, parts.observer);
    this.health = new HealthMonitors(parts.compute, parts.clock);
    const secrets = new TaskSecrets(parts.secretsFolder);
    const files = new TaskFiles(parts.dataFolder, secrets);
    this.storage = new EphemeralStorage(parts.disks);
    const { compute, clock, sink, shipper, executionRole: role, execAgents, log } = parts;
    this.actorParts = {
      store: this.tasks,
      compute,
      files,
      storage: this.storage,
      secrets,
      shipper,
      health: this.health,
      discovery: parts.discovery,
      execAgents,
      clock,
      log,
      stages: [
        [executionResourcesHook(role, secrets), userNamespaceHook(compute)],
        [
          taskGroupHook(compute),
          networkHook(parts.networking, compute, clock),
          imagesHook({ compute, role, secrets, clock }),
          storageHook(this.storage),
        ],
        [
          filesHook(files, compute),
          firelensHook(files),
          environmentFilesHook(parts.objects, role, files),
          volumesHook({ compute, storage: this.storage, providers: parts.volumeProviders }),
        ],
        [logsHook({ sink, role, shipper, files, clock, log })],
        [serviceConnectHook(parts.discovery)],
      ],
    };
  }

  /** The tier of a task of a capacity provider, or of the launch type, that is launched now, if it is isolated at all. */
  isolationOf(capacityProvider: string | undefined): Isolation | undefined {
    return this.parts.isolation && isolationOf(this.parts.isolation, capacityProvider);
  }

  /** Takes up every task that has not ended where it was left. */
  async start(): Promise<void> {
    this.launching = true;
    // Subscribe before listing: an exit that falls between is then heard twice rather than never.
    this.subscriptions.push(
      this.parts.compute.onExit((exit) => this.actors.get(exit.taskId)?.actor.exited(exit)),
      this.parts.store.onChange((change) => {
        if (change.collection === this.tasks.name && change.kind === "put")
          this.woken(parseScopeKey(change.scope), change.id, change.values["desired_status"] === "STOPPED");
      }),
      ...this.parts.volumeProviders.flatMap(
        (provider) => provider.onFailure?.((taskId, reason) => void this.volumeFailed(taskId, reason)) ?? [],
      ),
    );
    const found = Map.groupBy(await this.parts.compute.list(), (container) => container.taskId);
    const unfinished = await this.tasks.listAll({ last_status: UNFINISHED });
    await this.parts.discovery.start(unfinished.map(({ document }) => document));
    await this.leaveEnded();
    this.actorParts.secrets.keepOnly(unfinished.map(({ document }) => document.taskId));
    await this.removeStrayStorage([...unfinished.map(({ document }) => document.taskId), ...found.keys()]);
    for (const [index, { document: task }] of unfinished.entries()) {
      this.run(task, foundOrVanished(task, found.get(task.taskId) ?? []));
      found.delete(task.taskId);
      if (index % TAKEN_UP_AT_ONCE === TAKEN_UP_AT_ONCE - 1) await setImmediate();
    }
    for (const taskId of found.keys())
      this.parts.log.warn({ task: taskId }, "a container belongs to no task that is known; it is left alone");
    this.sweeper = setInterval(() => void this.sweep(), SWEEP_EVERY_MS);
    this.sweeper.unref();
    await this.sweep();
  }

  /** Lets go of all tasks; they run on. */
  async stop(): Promise<void> {
    this.launching = false;
    clearInterval(this.sweeper);
    for (const unsubscribe of this.subscriptions.splice(0)) unsubscribe();
    const actors = [...this.actors.values()];
    for (const { actor } of actors) actor.close();
    this.health.stop();
    await this.parts.shipper.stop(); // an actor may be waiting for it
    await Promise.all(actors.map(({ ended }) => ended));
    await this.parts.discovery.stop();
  }

  /** Writes new tasks in the caller's transaction; they are launched when it commits. */
  async launch(tasks: readonly TaskRecord[]): Promise<void> {
    for (const task of tasks) await this.tasks.insert(task);
  }

  /**
   * Asks a task to stop, in the caller's transaction if there is one. The first request's code and reason stay.
   * @returns the task as it then is, or `undefined` when there is none
   */
  async requestStop(
    scope: Scope,
    taskId: string,
    stopCode: TaskStopCode,
    stoppedReason: string,
  ): Promise<TaskRecord | undefined> {
    // Its actor hears of it by the change, once it is committed.
    return await this.tasks.update(scope, taskId, (current) =>
      current.desiredStatus === "STOPPED"
        ? undefined
        : { ...current, desiredStatus: "STOPPED", stopCode, stoppedReason },
    );
  }

  /** How many tasks of all accounts and Regions there are, by what they do. */
  async count(): Promise<{ running: number; pending: number; stopping: number }> {
    const totals = { running: 0, pending: 0, stopping: 0 };
    for (const { last_status, desired_status, count } of await this.tasks.countAll())
      totals[desired_status === "STOPPED" ? "stopping" : last_status === "RUNNING" ? "running" : "pending"] += count;
    return totals;
  }

  /**
   * Schedules the retirement of tasks that run or are about to: then the scheduler replaces those of services, and others
   * stop. A later call sets another time.
   * @param taskArn all tasks of all accounts without it
   * @param timeOf when a task of an account and Region is to go
   */
  async retire(
    taskArn: string | undefined,
    timeOf: (scope: Scope) => Promise<Date> | Date,
  ): Promise<{ taskArn: string; at: Date }[]> {
    const tasks = await this.tasks.listAll({ last_status: UNFINISHED, desired_status: "RUNNING" });
    const retiring = tasks.map(({ document }) => document).filter((task) => !taskArn || task.taskArn === taskArn);
    return await this.tasks.transaction(async () => {
      const retired: { taskArn: string; at: Date }[] = [];
      for (const { scope, taskId, taskArn: arn } of retiring) {
        const at = await timeOf(scope);
        await this.tasks.update(scope, taskId, (task) => ({ ...task, retireAt: at }));
        retired.push({ taskArn: arn, at });
      }
      return retired;
    });
  }

  /**
   * Interrupts tasks on Spot capacity: each is told to stop now, and what of it still runs at the time is killed.
   * @param at when the capacity is taken back
   * @returns the ARNs of those that were interrupted
   * @throws Error when a task that is named does not run, or not on Spot capacity
   */
  async interrupt(choice: SpotChoice, at: Date): Promise<string[]> {
    return await this.tasks.transaction(async () => {
      const running = await this.tasks.listAll({ last_status: UNFINISHED, desired_status: "RUNNING" });
      const chosen = chooseSpotTasks(
        running.map(({ document }) => document),
        choice,
      );
      for (const { scope, taskId } of chosen)
        await this.tasks.update(scope, taskId, (task) => withInterruption(task, at));
      return chosen.map(({ taskArn }) => taskArn);
    });
  }

  /** Stops every task and waits until all have ended. `onProgress` hears how many are left. */
  async stopAll(reason: string, onProgress: (left: number) => void): Promise<void> {
    for (const { document: task } of await this.tasks.listAll({ desired_status: "RUNNING" }))
      await this.requestStop(task.scope, task.taskId, "TerminationNotice", reason);
    const ending = [...this.actors.values()].map(({ ended }) => ended.then(() => onProgress(this.actors.size)));
    onProgress(this.actors.size);
    await Promise.all(ending);
  }

  /** A task cannot go on without its files, nor get them back while it runs. */
  private async volumeFailed(taskId: string, reason: string): Promise<void> {
    try {
      const running = await this.tasks.listAll({ last_status: UNFINISHED, desired_status: "RUNNING" });
      const task = running.map(({ document }) => document).find((each) => each.taskId === taskId);
      // Before its first container runs, its launch sees to the volume.
      if (!task || task.containers.every(({ phase }) => phase === "NONE")) return;
      this.parts.log.warn({ task: taskId, reason }, "a volume failed: its task stops");
      await this.requestStop(task.scope, taskId, "TerminationNotice", reason);
    } catch (err) {
      this.parts.log.warn({ err, task: taskId }, "a task whose volume failed was not stopped and will be");
    }
  }

  private woken(scope: Scope, taskId: string, stop: boolean): void {
    const known = this.actors.get(taskId)?.actor;
    if (!known) {
      if (this.launching) this.run({ scope, taskId }, []);
    } else if (stop) known.stopRequested();
    else known.wake();
  }

  private run(task: Pick<TaskRecord, "scope" | "taskId">, found: readonly ContainerState[]): void {
    const actor = new TaskActor(task, this.actorParts);
    const ended = this.parts.store
      .background(() => actor.run(found))
      .catch((err: unknown) => this.parts.log.error({ err, task: task.taskId }, "a task's actor failed"))
      .finally(() => this.actors.delete(task.taskId));
    this.actors.set(task.taskId, { actor, ended });
  }

  /** Takes out tasks that ended while the directories could not be changed. */
  private async leaveEnded(): Promise<void> {
    for (const { document: task } of await this.tasks.listAll({ last_status: "STOPPED" })) {
      if (!isFound(task)) continue;
      await this.tasks.transaction(async () => {
        await this.parts.discovery.announce(task, "LEFT");
        await this.tasks.update(task.scope, task.taskId, (current) => ({ ...current, presence: "LEFT" }));
      });
    }
  }

  /** Removes what was left of tasks that have ended, such as by a power cut. */
  private async removeStrayStorage(taskIds: readonly string[]): Promise<void> {
    for (const taskId of new Set(await this.storage.list()).difference(new Set(taskIds)))
      try {
        await this.storage.remove(taskId);
        this.parts.log.warn({ task: taskId }, "storage that belongs to no task was removed");
      } catch (err) {
        this.parts.log.error({ err, task: taskId }, "storage that belongs to no task could not be removed");
      }
  }

  /** Forgets tasks that stopped long ago, and images that nothing uses. */
  private async sweep(): Promise<void> {
    try {
      await this.tasks.deleteStoppedUntil(this.parts.clock.now() - STOPPED_TASKS_KEPT_MS);
      await this.parts.compute.collectImages(IMAGES_KEPT_MS, this.parts.imageCacheBytes);
    } catch (err) {
      this.parts.log.warn({ err }, "the sweep failed and will be taken again");
    }
  }
}

/** What the runtime knows of a task's containers; one that ran and is gone has ended in a way nobody saw. */
function foundOrVanished(task: TaskRecord, found: readonly ContainerState[]): ContainerState[] {
  const vanished = task.containers.filter(
    (container) => container.phase === "RUNNING" && !found.some((state) => state.id === container.id),
  );
  return [
    ...found,
    ...vanished.map((container): ContainerState => ({
      id: container.id,
      taskId: task.taskId,
      status: "stopped",
      oomKilled: false,
    })),
  ];
}
