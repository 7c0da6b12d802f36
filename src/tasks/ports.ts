import type { AssignPublicIp, Volume } from "@aws-sdk/client-ecs";
import type { Scope } from "../base/scope.ts";
import type { CloudWatchTarget, LogRoute } from "./log-route.ts";
import type { ContainerRecord, TaskRecord } from "./task-record.ts";

/** An elastic network interface reserved for a task. */
export interface ReservedInterface {
  interfaceId: string;
  subnetId: string;
  availabilityZone: string;
  availabilityZoneId: string;
  vpcId: string;
  privateIp: string;
  macAddress: string;
  privateDnsName: string;
  publicIp?: string;
  /** In a dual-stack subnet. */
  ipv6Address?: string;
}

/** What a task needs of its VPC. The EC2 service provides it. */
export interface TaskNetworking {
  /**
   * Reserves an interface with its addresses, in the caller's transaction. The subnet is the one of `subnetIds` that
   * `pick` says.
   * @throws AwsError `InvalidSubnetID.NotFound`, `InvalidGroup.NotFound`, `InsufficientFreeAddressesInSubnet`, …
   */
  reserveInterface(
    scope: Scope,
    request: { subnetId: string; securityGroupIds: string[]; assignPublicIp: AssignPublicIp; description: string },
  ): Promise<ReservedInterface>;
  /** Checks subnets and groups as a whole: they exist and are of one VPC. Answers each subnet's zone. */
  checkPlacement(
    scope: Scope,
    request: { subnetIds: string[]; securityGroupIds: string[] },
  ): Promise<{ vpcId: string; subnets: { subnetId: string; availabilityZone: string }[] }>;
  /**
   * Makes the reserved interface real; may be repeated.
   * @param userNamespace the path of the user namespace that is to rule over it; the host's unless told
   */
  attachInterface(scope: Scope, interfaceId: string, userNamespace?: string): Promise<AttachedInterface>;
  /** Takes it down and gives its addresses back; may be repeated, and for an interface that never was attached. */
  releaseInterface(scope: Scope, interfaceId: string): Promise<void>;
}

export interface AttachedInterface {
  /** A path that a container's network namespace can be joined by. */
  networkNamespace: string;
  /** The subnet's ranges. Absent in what earlier releases have stored. */
  subnetCidrBlock?: string;
  subnetIpv6CidrBlock?: string;
  /** For resolv.conf. */
  nameservers: string[];
  searchDomains: string[];
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
}

/** Where the output of containers is stored. The CloudWatch Logs service provides it. */
export interface LogSink {
  /**
   * Makes the stream, and the group when `createGroup`.
   * @throws AwsError `ResourceNotFoundException` when the group is missing
   */
  ensureStream(scope: Scope, group: string, stream: string, createGroup: boolean): Promise<void>;
  /** Stores events, and with them, atomically, how far the source has been read. */
  append(
    scope: Scope,
    group: string,
    stream: string,
    events: LogEvent[],
    checkpoint: { source: string; offset: number },
  ): Promise<void>;
  /** Notes how far a source has been read without storing events. */
  saveCheckpoint(checkpoint: { source: string; offset: number }): Promise<void>;
  /** How far a source was read: the last offset that was stored, 0 when there was none. */
  checkpoint(source: string): Promise<number>;
  /** Forgets a source that has ended. */
  dropCheckpoint(source: string): Promise<void>;
  /** When anything was last stored before this engine's start, milliseconds since 1970; 0 when nothing was. */
  lastStoredBeforeStart(): number;
}

/** How ECS Exec's agent in a container is. */
export interface AgentState {
  /** PENDING while it may not connect. */
  lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  reason?: string;
}

/** ECS Exec's agents in the containers of tasks that have it enabled. The ECS service provides them. */
export interface ExecAgents {
  /** How the agent in a container that has just been started is. */
  state(task: TaskRecord, container: ContainerRecord): Promise<AgentState>;
}

/** Ships what containers write to where their log drivers say. */
export interface LogShipper {
  /** Follows the container's files from where it was left; may be repeated. */
  follow(route: LogRoute): Promise<void>;
  /** Ships what is left after the container ended, then forgets the source and removes the files. */
  finish(route: LogRoute): Promise<void>;
  /** How much of the output of a container that is followed is not shipped yet, bytes. */
  waiting(route: LogRoute): number;
  /** Forgets the source and removes the files, also when not all is shipped. A {@link finish} under way rejects. */
  discard(route: LogRoute): Promise<void>;
  /** Stops following everything; offsets are kept. */
  stop(): Promise<void>;
}

/**
 * Where volumes of one kind come from that do not lie on the task's own storage: file systems of EFS, volumes of EBS.
 * Called by the volumes hook: after the task's network is there and before any container is made; taken down after the
 * last container is gone. Both halves may be repeated, and `teardown` also when nothing was prepared.
 */
export interface VolumeProvider {
  /** Whether a volume of a task definition is of this kind; the first provider that says so gets it. */
  provides(volume: Volume): boolean;
  /**
   * Makes the volume's content reachable on the host for this task.
   * @param signal aborted when the task is to stop
   * @returns a folder of the host, which is bound into the containers by their mount points, and whether for reading only
   *   whatever they say
   * @throws TaskStartError (hooks/hook.ts) with the words that ECS shows, such as `ResourceInitializationError: …`
   */
  prepare(task: TaskRecord, volume: Volume, signal: AbortSignal): Promise<{ source: string; readOnly?: boolean }>;
  teardown(task: TaskRecord, volume: Volume): Promise<void>;
  /**
   * Tells of volumes that have failed under a task which may be using them, more than once until they are taken down.
   * @returns ends it
   */
  onFailure?(listener: (taskId: string, reason: string) => void): () => void;
}

/** How much of a task's ephemeral storage is used, MiB. */
export interface StorageUsage {
  utilized: number;
  /** With the file system's own structures: 20496 for 20 GiB. */
  reserved: number;
}

/** The disks of tasks, one each, that hold what their containers write and their bind volumes. */
export interface TaskStorage {
  /** @returns `undefined` when the task has none (any more) */
  storageUsage(taskId: string): Promise<StorageUsage | undefined>;
}

/** An EBS volume for one task. */
export interface TaskVolumeRequest {
  taskArn: string;
  availabilityZone: string;
  sizeGiB: number;
  volumeType: string;
  iops?: number;
  throughput?: number;
  fileSystem: "ext3" | "ext4" | "xfs";
  /** Of an encrypted volume: the KMS key, by its id, ARN or alias. */
  encryption?: { kmsKeyId: string };
  deleteOnTermination: boolean;
  tags: { key?: string; value?: string }[];
}

/** EBS volumes that tasks get when they are launched. The EC2 service provides them. */
export interface TaskVolumes extends VolumeProvider {
  /** Writes down a volume, in the caller's transaction. */
  reserveVolume(scope: Scope, request: TaskVolumeRequest): Promise<{ volumeId: string }>;
}

/** Reads whole objects, such as files of environment variables. The S3 service provides it. */
export interface ObjectReader {
  /**
   * @param scope whose account asks; the bucket may be in any Region
   * @throws AwsError `NoSuchBucket`, `NoSuchKey`, `AccessDenied`, `EntityTooLarge`
   */
  readObject(scope: Scope, object: { bucket: string; key: string; maxBytes: number }): Promise<Uint8Array>;
}

/** What AWS answers to a task's execution role, or does not answer, as there is no such role to act as. */
export class ExecutionRoleError extends Error {
  override name = "ExecutionRoleError";
  /** Of AWS's answer; {@link NO_ROLE} when there is none. */
  readonly code: string;
  readonly status: number;
  readonly requestId: string;

  constructor(code: string, message: string, status: number, requestId: string) {
    super(message);
    this.code = code;
    this.status = status;
    this.requestId = requestId;
  }
}

/** Hears of every task that is made or changed. The ECS service provides it. */
export interface TaskObserver {
  /** Called in the transaction of the change: what it writes is there when the change is. @param before unset of a new task */
  changed(task: TaskRecord, before?: TaskRecord): Promise<void>;
}

/** The task has no execution role, or one that cannot be taken on. */
export const NO_ROLE = "NoRole";

/**
 * AWS as the execution role of a task finds it: what the role may not do is refused. All methods reject with
 * {@link ExecutionRoleError}. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export interface ExecutionRole {
  /** Secrets Manager's GetSecretValue. @returns the secret's text; `undefined` of a binary secret */
  secretValue(
    task: TaskRecord,
    secret: { secretId: string; region: string; versionId?: string; versionStage?: string },
  ): Promise<string | undefined>;
  /**
   * Systems Manager's GetParameters, decrypted.
   * @param names or ARNs, 10 at most
   */
  parameters(
    task: TaskRecord,
    region: string,
    names: readonly string[],
  ): Promise<{ values: ReadonlyMap<string, string>; invalid: readonly string[] }>;
  /** Whether it gets a token for ECR, which an image needs that lies in the engine's own registry. */
  authorizeRegistry(task: TaskRecord, image: string): Promise<void>;
  /** Whether it may pull an image of the engine's own registry. */
  authorizeImage(task: TaskRecord, image: string): Promise<void>;
  /**
   * Whether the target's task may do something to its log stream.
   * @param work is done if it may; what it throws is thrown on
   */
  authorizeLogs(action: LogAction, target: CloudWatchTarget, work?: () => Promise<void>): Promise<void>;
  /** Whether it may read an object of S3. */
  authorizeObject(task: TaskRecord, object: { bucket: string; key: string }): Promise<void>;
}

export type LogAction = "logs:CreateLogGroup" | "logs:CreateLogStream" | "logs:PutLogEvents";
