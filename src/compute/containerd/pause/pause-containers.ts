import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { MountSchema } from "../../../../generated/containerd/types/mount_pb.ts";
import { Status, type Process } from "../../../../generated/containerd/types/task/task_pb.ts";
import { writeFileAtomic } from "../../../base/files.ts";
import { KeyedQueue } from "../../../base/keyed-queue.ts";
import { ComputeError, type ContainerSpec, type UserNamespace } from "../../backend.ts";
import type { TaskCgroups } from "../cgroup.ts";
import { unlessNotFound, type ContainerdClient } from "../client.ts";
import type { CutCreations } from "../cut-creations.ts";
import { SANDBOX_SUFFIX, type GvisorRuntime } from "../gvisor/runtime.ts";
import { asSandbox } from "../gvisor/sandboxed.ts";
import { inUserNamespace } from "../users/in-user-namespace.ts";
import { pauseProgram } from "./program.ts";

const RUNTIME = "io.containerd.runc.v2";
const SPEC_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Spec";
/** Marks the records that are no containers of the task, with its id. */
const PAUSE_LABEL = "neargate.pause-of";
const SIGKILL = 9;
/** How long a step may take. */
const STEP_TIMEOUT_MS = 30_000;

export interface PauseContainersOptions {
  client: ContainerdClient;
  cgroups: TaskCgroups;
  cutCreations: CutCreations;
  /** Of the engine; not the run folder, which may forbid programs. */
  dataFolder: string;
  oomScoreAdj: number;
  gvisor: GvisorRuntime;
}

/** What a gVisor sandbox has of its task. */
type Sandbox = Pick<ContainerSpec, "networkNamespace" | "hostname">;

/** What the first process is in. */
interface Place {
  sandbox?: Sandbox;
  userNamespace?: UserNamespace;
}

/**
 * The first processes of what the containers of a task share, a PID namespace or a gVisor sandbox: one a task, beside
 * its containers and seen by nobody, which the end of none of them ends. Every step may be repeated.
 */
export class PauseContainers {
  private readonly options: PauseContainersOptions;
  private readonly rootfs: string;
  private readonly queue = new KeyedQueue();

  constructor(options: PauseContainersOptions) {
    this.options = options;
    this.rootfs = join(options.dataFolder, "pause");
  }

  /** Makes the task's PID namespace; its cgroup must be there. */
  ensure(taskId: string, userNamespace?: UserNamespace): Promise<void> {
    return this.queue.run(taskId, () => this.ensureRunning(taskId, userNamespace ? { userNamespace } : {}));
  }

  /**
   * Makes the task's gVisor sandbox in its network namespace; its cgroup must be there.
   * @throws GvisorError when gVisor does not work here
   */
  ensureSandbox(taskId: string, sandbox: Sandbox): Promise<void> {
    return this.queue.run(taskId, () => this.ensureRunning(taskId, { sandbox }));
  }

  private async ensureRunning(taskId: string, place: Place): Promise<void> {
    const { client } = this.options;
    const id = pauseId(taskId);
    const process = await this.process(id);
    if (process?.status === Status.RUNNING) return;
    await this.removeNow(taskId); // it has ended, or its creation or its removal was cut off
    this.writeRootfs();
    const document = this.spec(taskId, place);
    const spec = create(AnySchema, { typeUrl: SPEC_TYPE, value: Buffer.from(JSON.stringify(document)) });
    const runtime = { name: RUNTIME, ...(place.sandbox ? { options: await this.options.gvisor.options() } : {}) };
    await client.containers.create({ container: { id, runtime, spec, labels: { [PAUSE_LABEL]: taskId } } });
    // Its bundle is the one folder that a user namespace's root finds its way into.
    const rootfs = place.userNamespace
      ? [create(MountSchema, { type: "bind", source: this.rootfs, options: ["rbind", "ro"] })]
      : [];
    await client.tasks.create({ containerId: id, rootfs }, { timeoutMs: STEP_TIMEOUT_MS });
    await client.tasks.start({ containerId: id }, { timeoutMs: STEP_TIMEOUT_MS });
  }

  /**
   * A path that the task's PID namespace can be joined by.
   * @throws ComputeError when its first process, and with it every other one, has ended
   */
  async namespaceOf(taskId: string): Promise<string> {
    const process = await this.process(pauseId(taskId));
    if (process?.status !== Status.RUNNING)
      throw new ComputeError("CannotStartContainerError", "the task's shared PID namespace has ended");
    return `/proc/${process.pid}/ns/pid`;
  }

  /** Ends the task's PID namespace or sandbox when it has one. Its containers must be gone. */
  remove(taskId: string): Promise<void> {
    return this.queue.run(taskId, () => this.removeNow(taskId));
  }

  private async removeNow(taskId: string): Promise<void> {
    const { client, cutCreations } = this.options;
    const id = pauseId(taskId);
    if (!(await unlessNotFound(client.containers.get({ id })))) return;
    const process = await this.process(id);
    if (process && process.status !== Status.STOPPED) {
      await unlessNotFound(client.tasks.kill({ containerId: id, signal: SIGKILL }, { timeoutMs: STEP_TIMEOUT_MS }));
      await unlessNotFound(client.tasks.wait({ containerId: id }, { timeoutMs: STEP_TIMEOUT_MS }));
    }
    await unlessNotFound(client.tasks.delete({ containerId: id }, { timeoutMs: STEP_TIMEOUT_MS }));
    if (!process || cutCreations.hasBundle(id)) await cutCreations.clear(id);
    await unlessNotFound(client.containers.delete({ id }));
  }

  /** Those of tasks that nobody knows any more, such as of a data folder that was put back from a backup. */
  async removeAll(): Promise<void> {
    const { containers } = await this.options.client.containers.list({ filters: [`labels."${PAUSE_LABEL}"`] });
    for (const { labels } of containers) await this.remove(labels[PAUSE_LABEL]!);
  }

  private async process(id: string): Promise<Process | undefined> {
    return (await unlessNotFound(this.options.client.tasks.get({ containerId: id })))?.process;
  }

  /** What the other containers of the task can see through /proc/1/root: nothing but the program. */
  private writeRootfs(): void {
    for (const folder of ["proc", "dev"]) mkdirSync(join(this.rootfs, folder), { recursive: true });
    writeFileAtomic(join(this.rootfs, "pause"), pauseProgram(process.arch), 0o755);
  }

  private spec(taskId: string, { sandbox, userNamespace }: Place): object {
    const { cgroups, oomScoreAdj } = this.options;
    const own = ["pid", "ipc", "uts", "mount", "cgroup"].map((type) => ({ type }));
    const spec = {
      ociVersion: "1.0.2",
      process: {
        terminal: false,
        user: { uid: 0, gid: 0 },
        args: ["/pause"],
        env: [],
        cwd: "/",
        capabilities: {},
        noNewPrivileges: true,
        oomScoreAdj,
      },
      root: { path: userNamespace ? "rootfs" : this.rootfs, readonly: true },
      mounts: [
        { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
        { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=64k"] },
      ],
      annotations: { "io.containerd.runc.v2.group": taskId },
      linux: {
        cgroupsPath: cgroups.containerPath(taskId, pauseId(taskId)),
        namespaces: [...own, { type: "network", ...(sandbox ? { path: sandbox.networkNamespace } : {}) }],
        resources: { devices: [{ allow: false, access: "rwm" }] },
      },
    };
    if (userNamespace) return inUserNamespace(spec, userNamespace);
    return sandbox ? asSandbox({ ...spec, hostname: sandbox.hostname }, pauseId(taskId)) : spec;
  }
}

/** The id of the container that holds what a task's containers share. */
export function pauseId(taskId: string): string {
  return `${taskId}${SANDBOX_SUFFIX}`;
}
