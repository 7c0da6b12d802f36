import type { Ulimit } from "@aws-sdk/client-ecs";
import type { Scope } from "../base/scope.ts";

/** An image that is present and unpacked. */
export interface PulledImage {
  /** The reference as it was asked for. */
  reference: string;
  /** Digest of the manifest (for an index: of the platform's manifest): what ECS reports as `imageDigest`. */
  digest: string;
  config: ImageConfig;
}

/** The parts of an OCI image configuration that decide how a container runs. */
export interface ImageConfig {
  env: string[];
  entrypoint: string[];
  command: string[];
  workingDirectory: string;
  /** `user`, `uid`, `user:group` or `uid:gid`; empty for root. */
  user: string;
  stopSignal: string | undefined;
  labels: Record<string, string>;
}

export interface PullRequest {
  /** As in the task definition: `nginx`, `localhost:4566/web:1`, `ACCOUNT.dkr.ecr.REGION.amazonaws.com/web@sha256:…`. */
  reference: string;
  /** Whose embedded registry a bare local reference means. */
  scope: Scope;
  signal?: AbortSignal;
}

/** A file or folder of the host that a container sees. */
export interface Mount {
  source: string;
  destination: string;
  readOnly: boolean;
}

/** Everything a container is made from. The backend merges it with the image's configuration. */
export interface ContainerSpec {
  /** Unique on the host, `TASKID-DIGITS`, chosen and stored before it is used. */
  id: string;
  taskId: string;
  name: string;
  image: PulledImage;
  /** Replaces the image's ENTRYPOINT, and then also drops its CMD, as Docker does. */
  entryPoint?: string[];
  /** Replaces the image's CMD. */
  command?: string[];
  workingDirectory?: string;
  user?: string;
  /** Wins over the image's variables. */
  environment: Record<string, string>;
  hostname: string;
  /** The task's network namespace. */
  networkNamespace: string;
  mounts: Mount[];
  /** ECS CPU units: becomes shares (at least 2). */
  cpu: number;
  /** Hard limit in MiB, inside the task's. */
  memoryMiB?: number;
  /** Soft limit in MiB. */
  memoryReservationMiB?: number;
  ulimits?: Ulimit[];
  capabilities?: { add: string[]; drop: string[] };
  initProcess: boolean;
  readonlyRootFilesystem: boolean;
  labels: Record<string, string>;
  /** Files that standard output and standard error are appended to. */
  stdoutPath: string;
  stderrPath: string;
}

export type ContainerStatus = "created" | "running" | "stopped";

/** What the runtime knows of a container. */
export interface ContainerState {
  id: string;
  taskId: string;
  status: ContainerStatus;
  pid?: number;
  exitCode?: number;
  /** Milliseconds since 1970. */
  exitedAt?: number;
  oomKilled: boolean;
}

export interface ContainerExit {
  id: string;
  taskId: string;
  exitCode: number;
  exitedAt: number;
  oomKilled: boolean;
}

/** The cgroup of a task: its CPU and memory, whatever its containers ask for. */
export interface TaskGroupSpec {
  taskId: string;
  /** 1024 units are one vCPU. */
  cpuUnits: number;
  memoryMiB: number;
}

/**
 * Why a container could not be made or started, in the ECS agent's words: `name` is such as `CannotPullContainerError`,
 * and the `reason` of the container becomes `name: message`.
 */
export class ComputeError extends Error {
  constructor(
    name:
      | "CannotPullContainerError"
      | "CannotCreateContainerError"
      | "CannotStartContainerError"
      | "CannotStopContainerError"
      | "ContainerRuntimeError"
      | "ContainerRuntimeTimeoutError",
    message: string,
  ) {
    super(message);
    this.name = name;
  }
}

/**
 * Where containers run. Every method may be repeated: creating what exists and removing what is gone succeed. Containers
 * outlive the control plane; {@link list} after a restart finds them, with the exit codes of those that ended meanwhile.
 */
export interface ComputeBackend {
  /** Connects, starting what it needs; resolves when containers can be run. */
  start(): Promise<void>;
  /** Lets go; containers run on. */
  stop(): Promise<void>;
  /** Also ends the engine beneath (containerd). Called when no containers are left. */
  shutdown(): Promise<void>;

  /** Makes the image present; asked many times for the same image, it is fetched once. @throws ComputeError */
  pull(request: PullRequest): Promise<PulledImage>;
  /** Forgets images that no container uses and that were not pulled in the last `olderThanMs`. */
  collectImages(olderThanMs: number): Promise<void>;

  ensureTaskGroup(spec: TaskGroupSpec): Promise<void>;
  /** Has a process of the host, such as a proxy, take part in the task's CPU, memory and end. */
  joinTaskGroup(taskId: string, pid: number): Promise<void>;
  removeTaskGroup(taskId: string): Promise<void>;

  /** @throws ComputeError */
  createContainer(spec: ContainerSpec): Promise<void>;
  /** @throws ComputeError */
  startContainer(id: string): Promise<{ pid: number }>;
  /** Signals the container's first process (`SIGTERM`) or, for `SIGKILL`, all of them. Gone is not an error. */
  killContainer(id: string, signal: string): Promise<void>;
  /** Ends it when it still runs, and removes its rootfs and records. */
  removeContainer(id: string): Promise<void>;
  inspect(id: string): Promise<ContainerState | undefined>;
  /** Every container of this engine. */
  list(): Promise<ContainerState[]>;
  /** Runs a program in a running container and returns its exit code and up to 1,024 bytes of its output. */
  exec(id: string, args: string[], timeoutMs: number): Promise<{ exitCode: number; output: string }>;

  /** Calls `listener` when a container ends. Subscribe before listing, so that nothing falls between. */
  onExit(listener: (exit: ContainerExit) => void): () => void;
}
