import type { Ulimit } from "@aws-sdk/client-ecs";
import type { Readable, Writable } from "node:stream";
import type { Isolation } from "../base/isolation.ts";
import type { Scope } from "../base/scope.ts";
import type { ContainerUsage } from "./usage.ts";

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
  /** The paths of VOLUME. Absent in what earlier releases have stored. */
  volumes?: string[];
}

export interface PullRequest {
  /** As in the task definition: `nginx`, `localhost:4566/web:1`, `ACCOUNT.dkr.ecr.REGION.amazonaws.com/web@sha256:…`. */
  reference: string;
  /** Whose embedded registry a bare local reference means. */
  scope: Scope;
  /** For a registry that wants a login; it is kept nowhere. */
  login?: RegistryLogin;
  signal?: AbortSignal;
  /** How large the image may be unpacked, bytes: it counts against the ephemeral storage of its task. */
  maxBytes?: number;
  /** Told of each step of an image that is not present. */
  onProgress?: (progress: PullProgress) => void;
}

export interface RegistryLogin {
  username: string;
  password: string;
}

/** How far the pull of an image is. */
export interface PullProgress {
  /** Of the manifest. */
  digest: string;
  layers: LayerProgress[];
}

export interface LayerProgress {
  digest: string;
  /** Bytes, compressed. */
  size: number;
  received: number;
  status: "waiting" | "downloading" | "unpacking" | "present";
}

/** A file or folder of the host that a container sees. */
export interface Mount {
  source: string;
  destination: string;
  readOnly: boolean;
}

/** A user namespace: its ids 0 to 65,535 are those of the host from `firstId` on, so its root is nobody there. */
export interface UserNamespace {
  /** It can be joined by. */
  path: string;
  firstId: number;
}

/** Everything a container is made from. The backend merges it with the image's configuration. */
export interface ContainerSpec {
  /** Unique on the host, `TASKID-DIGITS`, chosen and stored before it is used. */
  id: string;
  taskId: string;
  /** The tier of the task, the same for all its containers; `runc` when it is not given. */
  isolation?: Isolation;
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
  /** Further variables, whose values are written to nothing that lasts and shown nowhere; absent without any. */
  secrets?: Record<string, string>;
  hostname: string;
  /** The task's network namespace. */
  networkNamespace: string;
  /** The task's, to which its network namespace must belong; without it users are those of the host. */
  userNamespace?: UserNamespace;
  mounts: Mount[];
  /** A folder of the host for all that the container writes; the backend chooses when it is not given. */
  writableLayer?: string;
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
  /** Sees the processes of the task's other containers; its task's group must have been made with `sharedPids`. */
  sharedPids?: boolean;
  /** Kernel parameters of the container's namespaces, by name such as `net.core.somaxconn`. */
  sysctls?: Record<string, string>;
  /** The first process has a terminal; all that it prints goes to `stdoutPath`. */
  terminal?: boolean;
  /** A FIFO that is made, and never ends, for standard input; without it, or a terminal, there is none. */
  stdinPath?: string;
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
  isolation?: Isolation;
  status: ContainerStatus;
  pid?: number;
  /** Absent of a stopped one when nothing is left that could tell, as after a reboot. */
  exitCode?: number;
  /** Milliseconds since 1970. */
  exitedAt?: number;
  oomKilled: boolean;
  /** How often it had been restarted; none is 0. */
  run?: number;
}

export interface ContainerExit {
  id: string;
  taskId: string;
  exitCode: number;
  exitedAt: number;
  oomKilled: boolean;
  /** Which run ended; see {@link ContainerState}. */
  run?: number;
}

/** The cgroup of a task: its CPU and memory, whatever its containers ask for. */
export interface TaskGroupSpec {
  taskId: string;
  /** 1024 units are one vCPU. */
  cpuUnits: number;
  memoryMiB: number;
  isolation?: Isolation;
  /** One PID namespace for its containers, which the end of none of them ends. */
  sharedPids?: boolean;
  userNamespace?: UserNamespace;
}

/** Columns and rows. */
export interface TerminalSize {
  cols: number;
  rows: number;
}

/** A program in a container with a terminal of its own. It ends with this process at the latest. */
export interface TerminalProgram {
  /** What it prints, which ends after the program has. It waits while nobody reads. */
  output: Readable;
  /** What is typed. */
  input: Writable;
  /** How it ended: an exit code. Never rejects. */
  ended: Promise<number>;
  resize(size: TerminalSize): Promise<void>;
  /** Takes its terminal away and kills it; what it has printed is still there to be read. May be repeated. */
  kill(): Promise<void>;
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
  /**
   * Forgets images that no container uses: those that were not pulled in the last `olderThanMs`, and of the others those
   * that were pulled longest ago, until all together take at most `maxBytes`.
   */
  collectImages(olderThanMs: number, maxBytes?: number): Promise<void>;

  /**
   * Copies a folder of an image into an empty folder of the host, with owners and modes, also its own.
   * @returns whether the image has such a folder
   */
  copyFromImage(image: PulledImage, path: string, target: string): Promise<boolean>;

  /** Whether containers see files of the host, and write some. */
  readonly hasFiles: boolean;
  /** Whether tasks get users of their own from now on; known once started. */
  readonly hasUserNamespaces: boolean;
  /**
   * Gives a task users of its own, which it keeps whatever is set later.
   * @returns `undefined` where tasks have those of the host
   */
  ensureUserNamespace(taskId: string): Promise<UserNamespace | undefined>;
  /** Takes them back; nothing of the task may be left that has them. */
  removeUserNamespace(taskId: string): Promise<void>;

  ensureTaskGroup(spec: TaskGroupSpec): Promise<void>;
  /** Has a process of the host, such as a proxy, take part in the task's CPU, memory and end. */
  joinTaskGroup(taskId: string, pid: number): Promise<void>;
  removeTaskGroup(taskId: string): Promise<void>;

  /** @throws ComputeError */
  createContainer(spec: ContainerSpec): Promise<void>;
  /** @throws ComputeError */
  startContainer(id: string): Promise<{ pid: number }>;
  /**
   * Starts a container that ended once more, with what it has written. A run that has begun already is not begun again.
   * @param run counts from 1
   * @throws ComputeError
   */
  restartContainer(spec: ContainerSpec, run: number): Promise<void>;
  /** Signals the container's first process (`SIGTERM`) or, for `SIGKILL`, all of them. Gone is not an error. */
  killContainer(id: string, signal: string): Promise<void>;
  /**
   * Has the runtime let go of a container that has ended, when it has: only then is all that it printed in its files. It
   * stays known as it is, and can be restarted; may be repeated.
   */
  releaseContainer(id: string): Promise<void>;
  /** Ends it when it still runs, and removes its rootfs and records. */
  removeContainer(id: string): Promise<void>;
  inspect(id: string): Promise<ContainerState | undefined>;
  /** Every container of this engine. */
  list(): Promise<ContainerState[]>;
  /**
   * Starts a program in a running container as root, with the container's environment and a terminal of its own.
   * @param environment further variables
   * @throws ComputeError with the runtime's words when it cannot be started
   */
  execTerminal(id: string, args: string[], environment: Record<string, string>): Promise<TerminalProgram>;
  /** Runs a program in a running container and returns its exit code and up to 1,024 bytes of its output. */
  exec(id: string, args: string[], timeoutMs: number): Promise<{ exitCode: number; output: string }>;

  /** @returns what a container has used; `undefined` when it does not run */
  usage(taskId: string, id: string): Promise<ContainerUsage | undefined>;

  /** Calls `listener` when a container ends. Subscribe before listing, so that nothing falls between. */
  onExit(listener: (exit: ContainerExit) => void): () => void;
}
