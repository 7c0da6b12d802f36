import { timestampMs } from "@bufbuild/protobuf/wkt";
import { mkdirSync, readFileSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { release } from "node:os";
import { join } from "node:path";
import type { TaskExit } from "../../../generated/containerd/events/task_pb.ts";
import type { Clock } from "../../base/clock.ts";
import { failpoint } from "../../base/failpoint.ts";
import { chosenTiers } from "../../base/isolation.ts";
import type { Logger } from "../../base/log.ts";
import type { Config } from "../../config.ts";
import type { ImageSource } from "../../registry/image-source.ts";
import {
  ComputeError,
  type ComputeBackend,
  type ContainerExit,
  type ContainerSpec,
  type ContainerState,
  type PulledImage,
  type PullRequest,
  type TaskGroupSpec,
  type TerminalProgram,
  type UserNamespace,
} from "../backend.ts";
import type { ContainerUsage } from "../usage.ts";
import { openCgroups, type TaskCgroups } from "./cgroup.ts";
import {
  createContainerdClient,
  unlessExists,
  unlessNotFound,
  type ContainerdClient,
  type Snapshotter,
} from "./client.ts";
import { Containers } from "./containers.ts";
import { CutCreations } from "./cut-creations.ts";
import { existingDaemon, ownDaemon, type ContainerdDaemon } from "./daemon.ts";
import { Connection } from "./events.ts";
import { endStalePrograms, execInContainer, type ExecParts } from "./exec.ts";
import { ImageStore } from "./images/image-store.ts";
import { LazyImages } from "./lazy/lazy-images.ts";
import { StargzDaemon } from "./lazy/stargz-daemon.ts";
import { Puller } from "./images/puller.ts";
import { GvisorError } from "./gvisor/probe.ts";
import { GvisorRuntime } from "./gvisor/runtime.ts";
import { findInitBinary, ownOomScoreAdj } from "./host.ts";
import { ContainerNotes } from "./notes.ts";
import { PauseContainers } from "./pause/pause-containers.ts";
import { SecretSpecs } from "./secrets/secret-specs.ts";
import { TerminalPrograms } from "./terminal-programs.ts";
import { readRlimitCeiling } from "./spec/limits.ts";
import { copyFromImage } from "./image-content.ts";
import { ImageFilesReader } from "./image-files.ts";
import { ImageViews } from "./image-views.ts";
import { IdRanges } from "./users/id-ranges.ts";
import { MappedMounts } from "./users/mapped-mounts.ts";
import { openWayTo, probeUserNamespaces, UserNamespaceError } from "./users/probe.ts";
import { UserNamespaces } from "./users/user-namespaces.ts";

/** Where containerd's shim has runc keep its state. */
const RUNC_ROOT = "/run/containerd/runc";

export interface ContainerdBackendOptions {
  config: Pick<
    Config,
    | "dataFolder"
    | "runFolder"
    | "instance"
    | "port"
    | "containerdSocket"
    | "isolation"
    | "providerIsolation"
    | "userNamespaces"
    | "lazyImages"
  >;
  clock: Clock;
  log: Logger;
  /** The embedded registry. */
  images: ImageSource;
}

/** Runs containers by containerd and runc. Needs root. */
export class ContainerdBackend implements ComputeBackend {
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly config: ContainerdBackendOptions["config"];
  private readonly client: ContainerdClient;
  private readonly daemon: ContainerdDaemon;
  private readonly lazy: LazyImages | undefined;
  private unwatch: (() => void) | undefined;
  private readonly snapshotters: readonly Snapshotter[];
  private readonly connection: Connection;
  private readonly cgroups: TaskCgroups;
  private readonly notes: ContainerNotes;
  private readonly gvisor: GvisorRuntime;
  private readonly pauses: PauseContainers;
  private readonly views: ImageViews;
  private readonly store: ImageStore;
  private readonly puller: Puller;
  private readonly containers: Containers;
  private readonly secrets: SecretSpecs;
  private readonly users: UserNamespaces;
  private readonly mapped: MappedMounts;
  private readonly execParts: ExecParts;
  private readonly terminals: TerminalPrograms;
  private readonly listeners = new Set<(exit: ContainerExit) => void>();
  /** Runs of containers whose exit was told. */
  private readonly told = new Set<string>();
  private usesUserNamespaces = false;

  constructor({ config, clock, log, images }: ContainerdBackendOptions) {
    const folder = (name: string) => {
      const path = join(config.runFolder, name);
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return path;
    };
    this.clock = clock;
    this.log = log;
    this.config = config;
    const ownsStargz = config.lazyImages && config.containerdSocket === undefined;
    const stargz = ownsStargz ? new StargzDaemon({ ...config, clock, log }) : undefined;
    this.daemon = config.containerdSocket
      ? existingDaemon(config.containerdSocket, clock)
      : ownDaemon({ dataFolder: config.dataFolder, runFolder: config.runFolder, clock, log, stargz });
    this.client = createContainerdClient(this.daemon.socketPath, `neargate-${config.instance}`);
    this.connection = new Connection({
      client: this.client,
      daemon: this.daemon,
      clock,
      log,
      onExit: (event) => this.onTaskExit(event),
      onSync: () => this.resync(),
    });
    this.cgroups = openCgroups(config.instance, clock);
    this.notes = new ContainerNotes(folder("containers"));
    this.lazy = config.lazyImages ? new LazyImages(this.client, stargz, { clock, log }) : undefined;
    this.snapshotters = config.lazyImages ? ["overlayfs", "stargz"] : ["overlayfs"];
    this.views = new ImageViews(this.client, folder("views"), this.snapshotters);
    this.store = new ImageStore(this.client, clock, this.lazy);
    const { client, store, lazy } = this;
    this.puller = new Puller({ client, store, images, port: config.port, clock, log, lazy });
    this.gvisor = new GvisorRuntime(config);
    this.secrets = new SecretSpecs({ ...config, gvisor: this.gvisor });
    this.execParts = { client, secrets: this.secrets, gvisor: this.gvisor, folder: folder("exec") };
    this.terminals = new TerminalPrograms({
      client: this.client,
      secrets: this.secrets,
      folder: folder("terminals"),
      call: (work) => this.connection.call(work),
      gvisor: this.gvisor,
      clock,
    });
    this.users = new UserNamespaces(folder("users"), new IdRanges(config.instance));
    this.mapped = new MappedMounts(folder("mapped"));
    const { namespace } = this.client;
    const bundlesFolder = join(this.daemon.stateFolder, "io.containerd.runtime.v2.task", namespace);
    const cutCreations = new CutCreations(namespace, bundlesFolder, clock);
    this.pauses = new PauseContainers({
      gvisor: this.gvisor,
      client: this.client,
      cutCreations,
      cgroups: this.cgroups,
      dataFolder: config.dataFolder,
      oomScoreAdj: ownOomScoreAdj(),
    });
    this.containers = new Containers({
      client: this.client,
      store: this.store,
      files: new ImageFilesReader(this.views),
      cgroups: this.cgroups,
      notes: this.notes,
      pauses: this.pauses,
      gvisor: this.gvisor,
      secrets: this.secrets,
      mapped: this.mapped,
      cutCreations,
      clock,
      host: {
        arch: process.arch,
        kernelRelease: release(),
        rlimitCeiling: readRlimitCeiling(),
        initBinary: findInitBinary(),
        cgroupVersion: this.cgroups.version,
        swapAccounting: this.cgroups.swapAccounting,
        oomScoreAdj: ownOomScoreAdj(),
      },
      bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    });
  }

  async start(): Promise<void> {
    await this.daemon.ensure(this.client);
    for (const snapshotter of this.snapshotters) await this.checkSnapshotter(snapshotter);
    if (chosenTiers(this.config).has("gvisor")) await this.checkGvisor();
    await this.decideUserNamespaces();
    await unlessExists(this.client.namespaces.create({ namespace: { name: this.client.namespace } }));
    // Before containers are listed: a shim in which a start waits for somebody to read says nothing of them for seconds.
    await Promise.all([this.terminals.removeStale(), endStalePrograms(this.execParts)]);
    await this.connection.start();
    await this.reviveLazy();
    this.unwatch = this.lazy?.watch(() => {
      this.log.error("the stargz snapshotter has ended: containers of lazy images have lost their files and are ended");
      this.connection
        .call(() => this.reviveLazy())
        .catch((err: unknown) => this.log.error({ err }, "not started again"));
    });
    await this.views.removeStale();
    this.mapped.removeAll();
    this.gvisor.forgetAllPrograms();
    this.secrets.keepOnly((await this.list()).map(({ id }) => id));
  }

  async stop(): Promise<void> {
    this.unwatch?.();
    await this.connection.stop();
  }

  async shutdown(): Promise<void> {
    this.unwatch?.();
    await this.connection.call(async () => {
      await this.pauses.removeAll();
      this.users.removeAll();
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
    return this.connection.call(async () => {
      await this.lazy?.ensure();
      return await this.puller.pull(request);
    }, request.signal);
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

  readonly hasFiles = true;

  get hasUserNamespaces(): boolean {
    return this.usesUserNamespaces;
  }

  async ensureUserNamespace(taskId: string): Promise<UserNamespace | undefined> {
    if (!this.usesUserNamespaces && !this.users.has(taskId)) return undefined;
    const namespace = await this.users.ensure(taskId);
    failpoint("users.made");
    return namespace;
  }

  async removeUserNamespace(taskId: string): Promise<void> {
    this.users.remove(taskId);
  }

  async ensureTaskGroup(spec: TaskGroupSpec): Promise<void> {
    this.cgroups.ensure(spec);
    // A sandbox needs the network namespace, and comes with the first container.
    if (spec.sharedPids && spec.isolation !== "gvisor")
      await this.connection.call(() => this.pauses.ensure(spec.taskId, spec.userNamespace));
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
    await this.connection.call(() => this.containers.restart(spec, run));
  }

  killContainer(id: string, signal: string): Promise<void> {
    return this.connection.call(() => this.containers.kill(id, signal));
  }

  async releaseContainer(id: string): Promise<void> {
    await this.connection.call(() => this.containers.release(id));
  }

  async removeContainer(id: string): Promise<void> {
    await this.connection.call(() => this.containers.remove(id));
    for (const told of this.told) if (told.startsWith(`${id}/`)) this.told.delete(told);
  }

  inspect(id: string): Promise<ContainerState | undefined> {
    return this.connection.call(() => this.containers.inspect(id));
  }

  list(): Promise<ContainerState[]> {
    return this.connection.call(() => this.containers.list());
  }

  execTerminal(id: string, args: string[], environment: Record<string, string>): Promise<TerminalProgram> {
    return this.connection.call(() => this.terminals.start(id, args, environment));
  }

  exec(id: string, args: string[], timeoutMs: number): Promise<{ exitCode: number; output: string }> {
    return this.connection.call(() => execInContainer(this.execParts, id, args, timeoutMs));
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

  /** Tasks that were to have users of their own must not be started otherwise. */
  private async decideUserNamespaces(): Promise<void> {
    const { userNamespaces, dataFolder, runFolder } = this.config;
    if (userNamespaces === "off") return;
    try {
      if (this.config.lazyImages)
        throw new UserNamespaceError("layers that are mounted from their registries have the users of the host");
      openWayTo(runFolder, this.daemon.stateFolder);
      await probeUserNamespaces(dataFolder);
      this.usesUserNamespaces = true;
    } catch (cause) {
      if (!(cause instanceof UserNamespaceError)) throw cause;
      if (userNamespaces === "on")
        throw new Error(`--user-namespaces on cannot be had: ${cause.message}. To go on, use --user-namespaces auto`, {
          cause,
        });
      this.log.info({ reason: cause.message }, "tasks have the users of the host: user namespaces cannot be had here");
    }
  }

  /** What a snapshotter had mounted ends with it, and so do the containers that were made of that. */
  private async reviveLazy(): Promise<void> {
    const { lazy } = this;
    if (!lazy) return;
    await lazy.ensure();
    await this.containers.endWithoutFiles((chainId) => lazy.mayHave(chainId));
  }

  private async checkSnapshotter(snapshotter: Snapshotter): Promise<void> {
    const { plugins } = await this.client.introspection.plugins({
      filters: [`type==io.containerd.snapshotter.v1,id==${snapshotter}`],
    });
    const failure = plugins[0] ? plugins[0].initErr?.message : "it has none of that name";
    if (failure) throw new Error(`containerd's snapshotter ${snapshotter} does not work here: ${failure}`);
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
    this.tell({
      id: containerId,
      taskId: state.taskId,
      exitCode: exitStatus,
      exitedAt: exitedAt ? timestampMs(exitedAt) : this.clock.now(),
      oomKilled: this.containers.oomKills(state) > 0,
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
