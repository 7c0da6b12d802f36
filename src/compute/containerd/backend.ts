import { timestampMs } from "@bufbuild/protobuf/wkt";
import { mkdirSync, readFileSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";
import type { TaskExit } from "../../../generated/containerd/events/task_pb.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Config } from "../../config.ts";
import type { ImageSource } from "../../registry/image-source.ts";
import type { Isolation } from "../../base/isolation.ts";
import {
  ComputeError,
  type ComputeBackend,
  type ContainerExit,
  type ContainerSpec,
  type ContainerState,
  type PulledImage,
  type PullRequest,
  type TaskGroupSpec,
} from "../backend.ts";
import type { ContainerUsage } from "../usage.ts";
import { openCgroups, type TaskCgroups } from "./cgroup.ts";
import { createContainerdClient, SNAPSHOTTER, unlessExists, unlessNotFound, type ContainerdClient } from "./client.ts";
import { Containers } from "./containers.ts";
import { existingDaemon, ownDaemon, type ContainerdDaemon } from "./daemon.ts";
import { Connection } from "./events.ts";
import { execInContainer } from "./exec.ts";
import { ImageStore } from "./images/image-store.ts";
import { Puller } from "./images/puller.ts";
import { GvisorError } from "./gvisor/probe.ts";
import { GvisorRuntime } from "./gvisor/runtime.ts";
import { findInitBinary, ownOomScoreAdj } from "./host.ts";
import { ContainerNotes } from "./notes.ts";
import { PauseContainers } from "./pause/pause-containers.ts";
import { readRlimitCeiling } from "./spec/limits.ts";
import { copyFromImage } from "./image-content.ts";
import { ImageViews } from "./image-views.ts";
import { UserFilesReader } from "./user-files.ts";

/** Where containerd's shim has runc keep its state. */
const RUNC_ROOT = "/run/containerd/runc";

export interface ContainerdBackendOptions {
  config: Pick<Config, "dataFolder" | "runFolder" | "instance" | "port" | "containerdSocket" | "isolation">;
  clock: Clock;
  log: Logger;
  /** The embedded registry. */
  images: ImageSource;
}

/** Runs containers by containerd and runc. Needs root. */
export class ContainerdBackend implements ComputeBackend {
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly isolation: Isolation;
  private readonly client: ContainerdClient;
  private readonly daemon: ContainerdDaemon;
  private readonly connection: Connection;
  private readonly cgroups: TaskCgroups;
  private readonly notes: ContainerNotes;
  private readonly gvisor: GvisorRuntime;
  private readonly pauses: PauseContainers;
  private readonly views: ImageViews;
  private readonly store: ImageStore;
  private readonly puller: Puller;
  private readonly containers: Containers;
  private readonly execFolder: string;
  private readonly listeners = new Set<(exit: ContainerExit) => void>();
  /** Runs of containers whose exit was told. */
  private readonly told = new Set<string>();
  private readonly outOfMemory = new Set<string>();

  constructor({ config, clock, log, images }: ContainerdBackendOptions) {
    const folder = (name: string) => {
      const path = join(config.runFolder, name);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return path;
    };
    this.clock = clock;
    this.log = log;
    this.isolation = config.isolation;
    this.daemon = config.containerdSocket
      ? existingDaemon(config.containerdSocket, clock)
      : ownDaemon({ dataFolder: config.dataFolder, runFolder: config.runFolder, clock, log });
    this.client = createContainerdClient(this.daemon.socketPath, `neargate-${config.instance}`);
    this.connection = new Connection({
      client: this.client,
      daemon: this.daemon,
      clock,
      log,
      onExit: (event) => this.onTaskExit(event),
      onOutOfMemory: (id) => this.outOfMemory.add(id),
      onSync: () => this.resync(),
    });
    this.cgroups = openCgroups(config.instance, clock);
    this.notes = new ContainerNotes(folder("containers"));
    this.execFolder = folder("exec");
    this.views = new ImageViews(this.client, folder("views"));
    this.store = new ImageStore(this.client, clock);
    this.puller = new Puller({ client: this.client, store: this.store, images, port: config.port, clock, log });
    this.gvisor = new GvisorRuntime(config);
    this.pauses = new PauseContainers({
      gvisor: this.gvisor,
      client: this.client,
      cgroups: this.cgroups,
      dataFolder: config.dataFolder,
      oomScoreAdj: ownOomScoreAdj(),
    });
    this.containers = new Containers({
      client: this.client,
      store: this.store,
      users: new UserFilesReader(this.views),
      cgroups: this.cgroups,
      notes: this.notes,
      pauses: this.pauses,
      gvisor: this.gvisor,
      clock,
      host: {
        arch: process.arch,
        kernelRelease: release(),
        rlimitCeiling: readRlimitCeiling(),
        initBinary: findInitBinary(),
        swapAccounting: this.cgroups.swapAccounting,
        oomScoreAdj: ownOomScoreAdj(),
      },
      bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      bundlesFolder: join(this.daemon.stateFolder, "io.containerd.runtime.v2.task", this.client.namespace),
    });
  }

  async start(): Promise<void> {
    await this.daemon.ensure(this.client);
    await this.checkSnapshotter();
    if (this.isolation === "gvisor") await this.checkGvisor();
    await unlessExists(this.client.namespaces.create({ namespace: { name: this.client.namespace } }));
    await this.connection.start();
    await this.views.removeStale();
  }

  async stop(): Promise<void> {
    await this.connection.stop();
  }

  async shutdown(): Promise<void> {
    await this.connection.call(async () => {
      await this.pauses.removeAll();
      await this.store.collect(Infinity, () => false);
      await this.puller.lease.collectGarbage();
    });
    await this.connection.stop();
    await unlessNotFound(this.client.namespaces.delete({ name: this.client.namespace })).catch(() => {}); // not empty
    this.client.close();
    await this.daemon.end();
    // runc's own notes of the containers of this namespace: the shim leaves their folder.
    await rmdir(join(RUNC_ROOT, this.client.namespace)).catch(() => {}); // none ran, or one is left
    this.cgroups.removeParent();
  }

  pull(request: PullRequest): Promise<PulledImage> {
    return this.connection.call(() => this.puller.pull(request), request.signal);
  }

  collectImages(olderThanMs: number, maxBytes?: number): Promise<void> {
    return this.connection.call(async () => {
      const before = this.clock.now() - olderThanMs;
      const used = await this.containers.imagesInUse();
      await this.store.collect(before, (digest) => used.has(digest), maxBytes);
    });
  }

  copyFromImage(image: PulledImage, path: string, target: string): Promise<boolean> {
    return this.connection.call(async () => {
      const stored = await this.store.find(image.digest);
      if (!stored) throw new ComputeError("CannotCreateContainerError", `no such image: ${image.reference}`);
      return await copyFromImage(this.views, stored.chainId, path, target);
    });
  }

  async ensureTaskGroup(spec: TaskGroupSpec): Promise<void> {
    this.cgroups.ensure(spec);
    // A sandbox needs the network namespace, and comes with the first container.
    if (spec.sharedPids && spec.isolation !== "gvisor")
      await this.connection.call(() => this.pauses.ensure(spec.taskId));
  }

  async joinTaskGroup(taskId: string, pid: number): Promise<void> {
    this.cgroups.join(taskId, pid);
  }

  usage(taskId: string, id: string): Promise<ContainerUsage | undefined> {
    return this.connection.call(() => this.containers.usage(taskId, id));
  }

  async removeTaskGroup(taskId: string): Promise<void> {
    await this.connection.call(() => this.pauses.remove(taskId));
    await this.cgroups.remove(taskId);
  }

  createContainer(spec: ContainerSpec): Promise<void> {
    return this.timed("created", spec.id, () => this.connection.call(() => this.containers.create(spec)));
  }

  startContainer(id: string): Promise<{ pid: number }> {
    return this.timed("started", id, () => this.connection.call(() => this.containers.start(id)));
  }

  async restartContainer(spec: ContainerSpec, run: number): Promise<void> {
    this.outOfMemory.delete(spec.id);
    await this.connection.call(() => this.containers.restart(spec, run));
  }

  killContainer(id: string, signal: string): Promise<void> {
    return this.connection.call(() => this.containers.kill(id, signal));
  }

  async removeContainer(id: string): Promise<void> {
    await this.connection.call(() => this.containers.remove(id));
    for (const told of this.told) if (told.startsWith(`${id}/`)) this.told.delete(told);
    this.outOfMemory.delete(id);
  }

  inspect(id: string): Promise<ContainerState | undefined> {
    return this.connection.call(() => this.containers.inspect(id));
  }

  list(): Promise<ContainerState[]> {
    return this.connection.call(() => this.containers.list());
  }

  exec(id: string, args: string[], timeoutMs: number): Promise<{ exitCode: number; output: string }> {
    return this.connection.call(() => execInContainer(this.client, this.execFolder, id, args, timeoutMs));
  }

  onExit(listener: (exit: ContainerExit) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells how long a step took: what `bench/launch.ts` reads. */
  private async timed<T>(step: string, container: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    this.log.debug({ container, ms: Math.round(performance.now() - began) }, `container ${step}`);
    return result;
  }

  /** Tasks that were to run in gVisor must not be started otherwise. */
  private async checkGvisor(): Promise<void> {
    try {
      await this.gvisor.options();
    } catch (cause) {
      if (!(cause instanceof GvisorError)) throw cause;
      throw new Error(
        `--isolation gvisor cannot be had: ${cause.message}. To go on, use --isolation runc, or ${cause.fix}`,
        { cause },
      );
    }
  }

  private async checkSnapshotter(): Promise<void> {
    const { plugins } = await this.client.introspection.plugins({
      filters: [`type==io.containerd.snapshotter.v1,id==${SNAPSHOTTER}`],
    });
    const failure = plugins[0] ? plugins[0].initErr?.message : "it is not built in";
    if (failure) throw new Error(`containerd's snapshotter ${SNAPSHOTTER} does not work here: ${failure}`);
  }

  /** What ended while nobody listened. */
  private async resync(): Promise<void> {
    await this.puller.lease.removeStale();
    for (const state of await this.containers.list())
      if (state.status === "stopped" && state.exitCode !== undefined)
        this.tell({ ...state, exitCode: state.exitCode, exitedAt: state.exitedAt ?? this.clock.now() });
  }

  private async onTaskExit({ containerId, id, pid, exitStatus, exitedAt }: TaskExit): Promise<void> {
    if (id !== containerId) return; // a program run in the container
    if (this.containers.isDiscarded(containerId, pid)) return;
    const state = await this.containers.inspect(containerId);
    if (!state?.taskId) return; // gone, or no container of a task
    // What stands for a container in a sandbox is in no group of the task: its events tell nothing.
    const told = state.isolation !== "gvisor" && this.outOfMemory.has(containerId);
    const killedForMemory = told || this.containers.oomKills(state) > 0;
    this.tell({
      id: containerId,
      taskId: state.taskId,
      exitCode: exitStatus,
      exitedAt: exitedAt ? timestampMs(exitedAt) : this.clock.now(),
      oomKilled: exitStatus !== 0 && killedForMemory,
      run: state.run,
    });
  }

  /** Notes the exit before it is told: what was told stays so, even when the runtime forgets it. */
  private tell({ id, taskId, exitCode, exitedAt, oomKilled, run = 0 }: ContainerExit): void {
    const key = `${id}/${run}`;
    if (this.told.has(key)) return;
    const note = this.notes.read(id);
    if (!note?.exit) this.notes.write(id, { startedAt: exitedAt, ...note, exit: { exitCode, exitedAt, oomKilled } });
    for (const listener of this.listeners) listener({ id, taskId, exitCode, exitedAt, oomKilled, run });
    this.told.add(key); // at last: what fails before is told again
  }
}
