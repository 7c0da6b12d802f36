import { timestampMs } from "@bufbuild/protobuf/wkt";
import { mkdirSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { join } from "node:path";
import type { TaskExit } from "../../../generated/containerd/events/task_pb.ts";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Config } from "../../config.ts";
import type { ImageSource } from "../../registry/image-source.ts";
import type {
  ComputeBackend,
  ContainerExit,
  ContainerSpec,
  ContainerState,
  PulledImage,
  PullRequest,
  TaskGroupSpec,
} from "../backend.ts";
import { openCgroups, type TaskCgroups } from "./cgroup.ts";
import { createContainerdClient, SNAPSHOTTER, unlessExists, unlessNotFound, type ContainerdClient } from "./client.ts";
import { Containers } from "./containers.ts";
import { existingDaemon, ownDaemon, type ContainerdDaemon } from "./daemon.ts";
import { Connection } from "./events.ts";
import { execInContainer } from "./exec.ts";
import { ImageStore } from "./images/image-store.ts";
import { Puller } from "./images/puller.ts";
import { findInitBinary, ownOomScoreAdj } from "./host.ts";
import { ContainerNotes } from "./notes.ts";
import { readRlimitCeiling } from "./spec/limits.ts";
import { UserFilesReader } from "./user-files.ts";

export interface ContainerdBackendOptions {
  config: Pick<Config, "dataFolder" | "runFolder" | "instance" | "port" | "containerdSocket">;
  clock: Clock;
  log: Logger;
  /** The embedded registry. */
  images: ImageSource;
}

/** Runs containers by containerd and runc. Needs root. */
export class ContainerdBackend implements ComputeBackend {
  private readonly clock: Clock;
  private readonly client: ContainerdClient;
  private readonly daemon: ContainerdDaemon;
  private readonly connection: Connection;
  private readonly cgroups: TaskCgroups;
  private readonly notes: ContainerNotes;
  private readonly users: UserFilesReader;
  private readonly store: ImageStore;
  private readonly puller: Puller;
  private readonly containers: Containers;
  private readonly execFolder: string;
  private readonly listeners = new Set<(exit: ContainerExit) => void>();
  /** Containers whose exit was told. */
  private readonly told = new Set<string>();
  private readonly outOfMemory = new Set<string>();

  constructor({ config, clock, log, images }: ContainerdBackendOptions) {
    const folder = (name: string) => {
      const path = join(config.runFolder, name);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return path;
    };
    this.clock = clock;
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
    this.users = new UserFilesReader(this.client, folder("views"));
    this.store = new ImageStore(this.client, clock);
    this.puller = new Puller({ client: this.client, store: this.store, images, port: config.port, clock, log });
    this.containers = new Containers({
      client: this.client,
      store: this.store,
      users: this.users,
      cgroups: this.cgroups,
      notes: this.notes,
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
    await unlessExists(this.client.namespaces.create({ namespace: { name: this.client.namespace } }));
    await this.connection.start();
    await this.users.removeStale();
  }

  async stop(): Promise<void> {
    await this.connection.stop();
  }

  async shutdown(): Promise<void> {
    await this.connection.call(async () => {
      await this.store.collect(Infinity, () => false);
      await this.puller.lease.collectGarbage();
    });
    await this.connection.stop();
    await unlessNotFound(this.client.namespaces.delete({ name: this.client.namespace })).catch(() => {}); // not empty
    this.client.close();
    await this.daemon.end();
    this.cgroups.removeParent();
  }

  pull(request: PullRequest): Promise<PulledImage> {
    return this.connection.call(() => this.puller.pull(request), request.signal);
  }

  collectImages(olderThanMs: number): Promise<void> {
    return this.connection.call(async () => {
      const before = this.clock.now() - olderThanMs;
      const used = await this.containers.imagesInUse();
      await this.store.collect(before, (digest) => used.has(digest));
    });
  }

  async ensureTaskGroup(spec: TaskGroupSpec): Promise<void> {
    this.cgroups.ensure(spec);
  }

  async joinTaskGroup(taskId: string, pid: number): Promise<void> {
    this.cgroups.join(taskId, pid);
  }

  async removeTaskGroup(taskId: string): Promise<void> {
    await this.cgroups.remove(taskId);
  }

  createContainer(spec: ContainerSpec): Promise<void> {
    return this.connection.call(() => this.containers.create(spec));
  }

  startContainer(id: string): Promise<{ pid: number }> {
    return this.connection.call(() => this.containers.start(id));
  }

  killContainer(id: string, signal: string): Promise<void> {
    return this.connection.call(() => this.containers.kill(id, signal));
  }

  async removeContainer(id: string): Promise<void> {
    await this.connection.call(() => this.containers.remove(id));
    this.told.delete(id);
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
      if (state.status === "stopped")
        this.tell({ ...state, exitCode: state.exitCode!, exitedAt: state.exitedAt ?? this.clock.now() });
  }

  private async onTaskExit({ containerId, id, pid, exitStatus, exitedAt }: TaskExit): Promise<void> {
    if (id !== containerId) return; // a program run in the container
    if (this.containers.isDiscarded(containerId, pid)) return;
    const state = await this.containers.inspect(containerId);
    if (!state) return;
    const killedForMemory = this.outOfMemory.has(containerId) || this.cgroups.oomKills(state.taskId, containerId) > 0;
    this.tell({
      id: containerId,
      taskId: state.taskId,
      exitCode: exitStatus,
      exitedAt: exitedAt ? timestampMs(exitedAt) : this.clock.now(),
      oomKilled: exitStatus !== 0 && killedForMemory,
    });
  }

  /** Notes the exit before it is told: what was told stays so, even when the runtime forgets it. */
  private tell({ id, taskId, exitCode, exitedAt, oomKilled }: ContainerExit): void {
    if (this.told.has(id)) return;
    const note = this.notes.read(id);
    if (!note?.exit)
      this.notes.write(id, { startedAt: note?.startedAt ?? exitedAt, exit: { exitCode, exitedAt, oomKilled } });
    for (const listener of this.listeners) listener({ id, taskId, exitCode, exitedAt, oomKilled });
    this.told.add(id); // at last: what fails before is told again
  }
}
