import { create } from "@bufbuild/protobuf";
import { AnySchema, timestampMs, type Any } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";
import { availableParallelism } from "node:os";
import type { Container } from "../../../generated/containerd/services/containers/v1/containers_pb.ts";
import type { Mount } from "../../../generated/containerd/types/mount_pb.ts";
import { Status, type Process } from "../../../generated/containerd/types/task/task_pb.ts";
import type { Clock } from "../../base/clock.ts";
import { retry } from "../../base/retry.ts";
import type { Isolation } from "../../base/isolation.ts";
import { failpoint } from "../../base/failpoint.ts";
import { ComputeError, type ContainerSpec, type ContainerState, type UserNamespace } from "../backend.ts";
import { signalNumber } from "../signals.ts";
import type { ContainerUsage } from "../usage.ts";
import type { TaskCgroups } from "./cgroup.ts";
import type { CutCreations } from "./cut-creations.ts";
import {
  containerdMessage,
  isDisconnected,
  snapshotterOf,
  unlessExists,
  unlessNotFound,
  type ContainerdClient,
} from "./client.ts";
import { cannotStart, cannotStop, isGone } from "./failures.ts";
import { setNetworkParameters } from "./gvisor/network-parameters.ts";
import type { GvisorRuntime } from "./gvisor/runtime.ts";
import { inSandbox, refuseInSandbox } from "./gvisor/sandboxed.ts";
import { tmpMount } from "./gvisor/tmp-folder.ts";
import type { ImageFiles, ImageFilesReader } from "./image-files.ts";
import type { ImageStore } from "./images/image-store.ts";
import type { ContainerNotes } from "./notes.ts";
import { pauseId, type PauseContainers } from "./pause/pause-containers.ts";
import { prepareRootfs } from "./rootfs.ts";
import type { SecretSpecs } from "./secrets/secret-specs.ts";
import { Slots } from "./slots.ts";
import { makeStreams } from "./streams.ts";
import { shimOptions } from "./shim-options.ts";
import { specText } from "./spec/spec-text.ts";
import { ociSpec, type OciDocument, type SpecHost } from "./spec/spec.ts";
import { resolveUser, UserError } from "./spec/user.ts";
import { inUserNamespace, requireMappedUser } from "./users/in-user-namespace.ts";
import type { MappedMounts } from "./users/mapped-mounts.ts";

const RUNTIME = "io.containerd.runc.v2";
const SPEC_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Spec";
const SIGKILL = 9;
/** The exit code of what was killed, and of what ended unseen with its shim. */
const KILLED = 137;
/** How long each step of ending a container may take. */
const END_TIMEOUT_MS = 30_000;

/** Beyond it a runtime hangs: Fargate's limit for a container to get from one state to the next. */
const TRANSITION_TIMEOUT_MS = 60_000;

/** containerd's, of a name and its value together. */
const MAX_LABEL_LENGTH = 4096;

/** Labels on containerd's records. */
export const TASK_LABEL = "neargate.task-id";
const BOOT_LABEL = "neargate.boot-id";
const ISOLATION_LABEL = "neargate.isolation";
/** The image of a container whose files are fetched as they are read. */
const MOUNTED_LABEL = "neargate.mounted-as";

export interface ContainersOptions {
  client: ContainerdClient;
  store: ImageStore;
  files: ImageFilesReader;
  cgroups: TaskCgroups;
  notes: ContainerNotes;
  pauses: PauseContainers;
  gvisor: GvisorRuntime;
  secrets: SecretSpecs;
  mapped: MappedMounts;
  cutCreations: CutCreations;
  host: SpecHost;
  clock: Clock;
  /** Changes with each boot: containers of another one cannot run. */
  bootId: string;
}

/** Makes, starts, ends and finds containers. Every step may be repeated, after a crash at any point too. */
export class Containers {
  private readonly options: ContainersOptions;
  /** By this process. */
  private readonly created = new Set<string>();
  /** First processes, never started, of creations that were cut off and are made anew: their end is nobody's exit. */
  private readonly discarded = new Set<string>();
  /** The runtime's work is all processor time: more at once only makes each of them slower. */
  private readonly creating = new Slots(2 * availableParallelism());

  constructor(options: ContainersOptions) {
    this.options = options;
  }

  /** Record, file system, runtime's container: in this order, so that the record keeps the file system from collection. */
  async create(spec: ContainerSpec): Promise<void> {
    const { client, notes, secrets } = this.options;
    if (notes.read(spec.id) || this.created.has(spec.id)) return; // what was started, was created
    const image = await this.options.store.find(spec.image.digest);
    if (!image) throw new ComputeError("CannotCreateContainerError", `no such image: ${spec.image.reference}`);
    const document = await this.specOf(spec, image.chainId);
    if (spec.secrets) secrets.write(spec.id, document, spec.secrets);
    makeStreams(spec);
    try {
      const recorded = await unlessExists(
        client.containers.create({
          container: {
            id: spec.id,
            image: image.digest,
            runtime: await this.runtimeOf(spec),
            spec: create(AnySchema, { typeUrl: SPEC_TYPE, value: Buffer.from(specText(document)) }),
            snapshotter: snapshotterOf(image.chainId),
            snapshotKey: spec.id,
            labels: this.labelsOf(spec, image.chainId),
          },
        }),
      );
      if (!recorded) await this.settle(spec.id);
      await this.make(spec, image.chainId);
    } catch (cause) {
      if (isDisconnected(cause)) throw cause;
      throw cannotStart("failed to create new container runtime task", cause);
    }
  }

  /** Whether a first process was taken down only so that its container could be made anew. */
  isDiscarded(id: string, pid: number): boolean {
    return this.discarded.has(`${id}/${pid}`);
  }

  async start(id: string): Promise<{ pid: number }> {
    const { client, notes, clock } = this.options;
    if (!notes.read(id)) notes.write(id, { startedAt: clock.now() });
    try {
      const { pid } = await client.tasks.start({ containerId: id }, { timeoutMs: TRANSITION_TIMEOUT_MS });
      return { pid };
    } catch (cause) {
      if (isDisconnected(cause)) throw cause;
      const { process } = (await unlessNotFound(client.tasks.get({ containerId: id }))) ?? {};
      if (process && process.status !== Status.CREATED) return { pid: process.pid };
      throw cannotStart("failed to start container runtime task", cause);
    }
  }

  /**
   * Begins a further run: what the last one left in the runtime goes, its file system stays. The note says which run is
   * under way, also to a restarted engine.
   */
  async restart(spec: ContainerSpec, wanted: number): Promise<void> {
    const { notes, clock, store } = this.options;
    const { id } = spec;
    if ((notes.read(id)?.run ?? 0) < wanted) {
      const image = await store.find(spec.image.digest);
      if (!image) throw new ComputeError("CannotStartContainerError", `no such image: ${spec.image.reference}`);
      makeStreams(spec);
      try {
        await this.settle(id);
        await this.make(spec, image.chainId);
      } catch (cause) {
        if (isDisconnected(cause)) throw cause;
        throw cannotStart("failed to create new container runtime task", cause);
      }
      notes.write(id, { startedAt: clock.now(), run: wanted });
    }
    await this.start(id);
  }

  async kill(id: string, signal: string): Promise<void> {
    const number = signalNumber(signal);
    if (number === undefined) throw cannotStop(signal, "invalid signal");
    try {
      await this.options.client.tasks.kill(
        { containerId: id, signal: number, all: number === SIGKILL },
        { timeoutMs: END_TIMEOUT_MS },
      );
    } catch (cause) {
      if (isDisconnected(cause)) throw cause;
      if (!isGone(cause)) throw cannotStop(signal, containerdMessage(cause));
    }
  }

  /** An ended one: how it ended is in its note. */
  async release(id: string): Promise<void> {
    if (this.options.notes.read(id)?.exit) await this.removeTask(id);
  }

  async remove(id: string): Promise<void> {
    const { client, notes, secrets, mapped } = this.options;
    const { container } = (await unlessNotFound(client.containers.get({ id }))) ?? {};
    await this.removeTask(id);
    mapped.remove(id);
    const snapshotter = container?.snapshotter ?? "overlayfs";
    await unlessNotFound(client.snapshots.remove({ snapshotter, key: id }));
    await unlessNotFound(client.containers.delete({ id }));
    notes.remove(id);
    secrets.remove(id);
    this.created.delete(id);
    if (container?.labels[ISOLATION_LABEL] === "gvisor") await this.removeEmptySandbox(container.labels[TASK_LABEL]!);
  }

  /** The sandbox of a task goes with its last container: what it has of the task's network and storage is free then. */
  private async removeEmptySandbox(taskId: string): Promise<void> {
    const { client, pauses } = this.options;
    const { containers } = await client.containers.list({ filters: [`labels."${TASK_LABEL}"==${taskId}`] });
    if (containers.length === 0) await pauses.remove(taskId);
  }

  /** How many processes of a container the kernel killed for memory; in a sandbox, of all containers together. */
  oomKills({ id, taskId, isolation }: Pick<ContainerState, "id" | "taskId" | "isolation">): number {
    return this.options.cgroups.oomKills(taskId, isolation === "gvisor" ? pauseId(taskId) : id);
  }

  /** What a running container has used; in a sandbox, all containers together. */
  async usage(taskId: string, id: string): Promise<ContainerUsage | undefined> {
    const { cgroups } = this.options;
    const own = cgroups.usage(taskId, id);
    if (own) return own;
    const state = await this.inspect(id);
    const isInSandbox = state?.isolation === "gvisor" && state.status === "running";
    return isInSandbox ? cgroups.usage(taskId, pauseId(taskId)) : undefined;
  }

  async inspect(id: string): Promise<ContainerState | undefined> {
    const { client } = this.options;
    const { container } = (await unlessNotFound(client.containers.get({ id }))) ?? {};
    if (!container) return undefined;
    const { process } = (await unlessNotFound(client.tasks.get({ containerId: id }))) ?? {};
    return this.stateOf(container, process);
  }

  async list(): Promise<ContainerState[]> {
    const { client } = this.options;
    const { containers } = await client.containers.list({ filters: [`labels."${TASK_LABEL}"`] });
    const { tasks } = await client.tasks.list({});
    const processes = new Map(tasks.map((process) => [process.id, process]));
    return containers.map((container) => this.stateOf(container, processes.get(container.id)));
  }

  /** Ends containers whose image was mounted and is no more: `isThere` says of which that is not so. */
  async endWithoutFiles(isThere: (chainId: string) => boolean): Promise<void> {
    const { containers } = await this.options.client.containers.list({ filters: [`labels."${MOUNTED_LABEL}"`] });
    for (const { id, labels } of containers) if (!isThere(labels[MOUNTED_LABEL]!)) await this.kill(id, "SIGKILL");
  }

  /** The digests of the images that containers are made from. */
  async imagesInUse(): Promise<Set<string>> {
    const { containers } = await this.options.client.containers.list({});
    return new Set(containers.map((container) => container.image));
  }

  private async runtimeOf(spec: ContainerSpec): Promise<{ name: string; options?: Any }> {
    const { isolation, secrets, userNamespace } = spec;
    const owner = userNamespace?.firstId; // opening /dev/stdout anew takes rights to the pipe
    if (secrets) return { name: RUNTIME, options: await this.options.secrets.shimOptions(isolation, owner) };
    if (userNamespace) return { name: RUNTIME, options: shimOptions({ binary: "runc" }, owner) };
    return { name: RUNTIME, ...(isolation === "gvisor" ? { options: await this.options.gvisor.options() } : {}) };
  }

  /** Makes the runtime's container, in its task's sandbox where that is the tier. */
  private async make(spec: ContainerSpec, chainId: string): Promise<void> {
    const { client, pauses } = this.options;
    if (spec.isolation === "gvisor") {
      setNetworkParameters(spec.networkNamespace, spec.sysctls);
      await pauses.ensureSandbox(spec.taskId, spec);
    }
    const rootfs = await prepareRootfs(client, spec, chainId);
    const { userNamespace } = spec;
    await this.creating.run(() =>
      userNamespace ? this.createMapped(spec, userNamespace, rootfs) : this.createTask(spec, rootfs),
    );
  }

  private async createMapped(spec: ContainerSpec, userNamespace: UserNamespace, rootfs: Mount[]): Promise<void> {
    const { mapped } = this.options;
    try {
      const shown = await mapped.show(spec, userNamespace, rootfs);
      failpoint("users.mounted");
      await this.createTask(spec, shown);
    } finally {
      mapped.remove(spec.id);
    }
  }

  private async createTask(spec: ContainerSpec, rootfs: Mount[]): Promise<void> {
    const { client } = this.options;
    await client.tasks.create(
      {
        containerId: spec.id,
        rootfs,
        terminal: spec.terminal ?? false,
        stdin: spec.stdinPath ?? "",
        stdout: spec.stdoutPath,
        // A terminal has one stream only.
        stderr: spec.terminal ? "" : spec.stderrPath,
      },
      { timeoutMs: TRANSITION_TIMEOUT_MS },
    );
    this.created.add(spec.id);
  }

  /** Clears away what a creation left that was cut off. */
  private async settle(id: string): Promise<void> {
    const { process } = (await unlessNotFound(this.options.client.tasks.get({ containerId: id }))) ?? {};
    if (process) this.discarded.add(`${id}/${process.pid}`);
    await this.removeTask(id);
  }

  private async specOf(spec: ContainerSpec, chainId: string): Promise<OciDocument> {
    const { cgroups, host, pauses } = this.options;
    const { userNamespace } = spec;
    const sandboxed = spec.isolation === "gvisor";
    if (sandboxed) refuseInSandbox(spec);
    const pidNamespace = spec.sharedPids && !sandboxed ? await pauses.namespaceOf(spec.taskId) : undefined;
    try {
      const files = await this.options.files.of(chainId);
      const user = resolveUser(spec.user || spec.image.config.user, files);
      if (userNamespace) requireMappedUser(user);
      const mounts = await this.mountsOf(spec, files);
      const cgroup = cgroups.containerPath(spec.taskId, spec.id);
      const document = ociSpec({ ...spec, mounts }, host, user, cgroup, pidNamespace);
      if (userNamespace) return inUserNamespace(document, userNamespace);
      return sandboxed ? inSandbox(document, pauseId(spec.taskId), spec.sharedPids ?? false) : document;
    } catch (cause) {
      if (cause instanceof UserError) throw new ComputeError("CannotCreateContainerError", cause.message);
      throw cause;
    }
  }

  private async mountsOf(spec: ContainerSpec, files: ImageFiles): Promise<ContainerSpec["mounts"]> {
    if (spec.userNamespace) return await this.options.mapped.planned(spec.id, spec.mounts);
    return spec.isolation === "gvisor" ? [...spec.mounts, ...(await tmpMount(spec, files))] : spec.mounts;
  }

  /**
   * Labels of images stay out of it; those of the task must not be any that containerd acts on, or does not take for
   * their length.
   */
  private labelsOf(spec: ContainerSpec, chainId: string): Record<string, string> {
    const labels = Object.entries(spec.labels).filter(
      ([name, value]) => !name.startsWith("containerd.io/") && name.length + value.length <= MAX_LABEL_LENGTH,
    );
    return {
      ...Object.fromEntries(labels),
      [TASK_LABEL]: spec.taskId,
      [BOOT_LABEL]: this.options.bootId,
      [ISOLATION_LABEL]: spec.isolation ?? "runc",
      ...(snapshotterOf(chainId) === "stargz" ? { [MOUNTED_LABEL]: chainId } : {}),
    };
  }

  private stateOf({ id, labels }: Container, process: Process | undefined): ContainerState {
    const { notes, bootId } = this.options;
    const taskId = labels[TASK_LABEL] ?? "";
    const note = notes.read(id);
    const isolation: Isolation = labels[ISOLATION_LABEL] === "gvisor" ? "gvisor" : "runc";
    const base = { id, taskId, isolation, oomKilled: false, run: note?.run ?? 0 };
    if (process?.status === Status.CREATED) return { ...base, status: "created", pid: process.pid };
    if (process && process.status !== Status.STOPPED) return { ...base, status: "running", pid: process.pid };
    if (note?.exit) return { ...base, status: "stopped", ...note.exit };
    if (process) {
      const exitedAt = process.exitedAt ? timestampMs(process.exitedAt) : undefined;
      const exitCode = process.exitStatus;
      return {
        ...base,
        status: "stopped",
        exitCode,
        exitedAt,
        oomKilled: this.oomKills(base) > 0,
      };
    }
    if (labels[BOOT_LABEL] !== bootId) return { ...base, status: "stopped" };
    return note ? { ...base, status: "stopped", exitCode: KILLED } : { ...base, status: "created" };
  }

  /** Deletes the runtime's container, and ends it before when it runs. Its creation may have been cut off. */
  private async removeTask(id: string): Promise<void> {
    const { client, cutCreations } = this.options;
    const { process } = (await unlessNotFound(client.tasks.get({ containerId: id }))) ?? {};
    if (process && process.status !== Status.STOPPED) {
      await this.kill(id, "SIGKILL");
      await unlessNotFound(client.tasks.wait({ containerId: id }, { timeoutMs: END_TIMEOUT_MS }));
    }
    // Also when it was not found: after a deletion that was cut off, the shim has it no more, but containerd has.
    const remove = () => unlessNotFound(client.tasks.delete({ containerId: id }, { timeoutMs: END_TIMEOUT_MS }));
    await untilShimIsReplaced(this.options.clock, remove);
    if (!process || cutCreations.hasBundle(id)) await cutCreations.clear(id);
  }
}

/** After a shim has died, containerd clears away what it had; until then the connection to it is just closed. */
async function untilShimIsReplaced(clock: Clock, call: () => Promise<unknown>): Promise<void> {
  const closed = (cause: unknown) => cause instanceof ConnectError && cause.rawMessage.endsWith("ttrpc: closed");
  const options = { attempts: 50, firstDelayMs: 20, maxDelayMs: 200, retryable: closed };
  await retry(clock, options, async () => void (await call()));
}
