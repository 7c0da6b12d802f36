import type {
  Attachment,
  Container,
  ContainerDefinition,
  ContainerOverride,
  HealthStatus,
  ManagedAgent,
  NetworkInterface,
  Tag,
  Task,
  TaskDefinition,
  TaskOverride,
  TaskStopCode,
} from "@aws-sdk/client-ecs";
import type { Isolation } from "../base/isolation.ts";
import type { PulledImage, UserNamespace } from "../compute/backend.ts";
import type { Scope } from "../base/scope.ts";
import type { TaskProxyRecord, TaskRegistration } from "./discovery-record.ts";
import type { AgentState, AttachedInterface, ReservedInterface } from "./ports.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

/** How far a container has come. It only moves forward. */
export type ContainerPhase = "NONE" | "RUNNING" | "STOPPED";

/** As what others find a task: as healthy, as unhealthy, or, once it has left, not at all. */
export type TaskPresence = "HEALTHY" | "UNHEALTHY" | "LEFT";

/** What a health check's command came to. */
export interface HealthProbe {
  at: Date;
  /** -1 when it could not be run. */
  exitCode: number;
  output: string;
}

/** One container of a task, as the engine keeps it. */
export interface ContainerRecord {
  /** The runtime's id, `TASKID-DIGITS`: chosen before the container is made, so that a crash cannot lose it. */
  id: string;
  containerArn: string;
  name: string;
  phase: ContainerPhase;
  /** The digest that the service deployment settled on: its tag is not resolved again. */
  pinnedDigest?: string;
  image?: PulledImage;
  /** When the runtime had made it; absent when the engine ended before that was noted. */
  createdAt?: Date;
  startedAt?: Date;
  stoppedAt?: Date;
  exitCode?: number;
  reason?: string;
  healthStatus: HealthStatus;
  /** The probe that settled {@link healthStatus}; none before the first change. */
  healthProbe?: HealthProbe;
  /** How often its restart policy has started it again; absent without such a policy. */
  restartCount?: number;
  /** ECS Exec's, of the run that began at `containerStartedAt`; none before that, or when it is not enabled. */
  execAgent?: AgentState & { startedAt?: Date; containerStartedAt: Date };
  /** How its last run ended, until the next one has begun. */
  restarting?: { exitCode: number; stoppedAt: Date };
}

/** An EBS volume that was configured when its task was launched. */
export interface EbsVolumeRecord {
  attachmentId: string;
  /** In the task definition. */
  name: string;
  volumeId: string;
  roleArn: string;
  deleteOnTermination: boolean;
  /** Why it could not be made or attached. */
  statusReason?: string;
}

/** A task, with all the engine needs to run it to its end. */
export interface TaskRecord {
  scope: Scope;
  taskId: string;
  taskArn: string;
  clusterArn: string;
  /** As it was when the task was launched. */
  definition: TaskDefinition;
  overrides: TaskOverride;
  /** The RunTask call that made it, when that had a token: a repetition of the call is answered with the same tasks. */
  request?: { clientToken: string; fingerprint: string };
  /** `service:NAME` or `family:NAME` unless the caller said. */
  group: string;
  startedBy?: string;
  platformVersion: string;
  /** `FARGATE` or `FARGATE_SPOT`; absent when it was launched by launch type. */
  capacityProvider?: string;
  /** How log drivers deliver that are not told: the account setting at its launch. Absent for `non-blocking`. */
  logMode?: "blocking";
  /** Chosen at launch, for its life. Absent where nothing is isolated, and in what earlier releases have stored: `runc`. */
  isolation?: Isolation;
  /** Made at launch, for its life. Without it users in its containers are those of the host. */
  userNamespace?: UserNamespace;
  /** CPU units. */
  cpu: number;
  memoryMiB: number;
  tags: Tag[];
  eni: ReservedInterface;
  attachmentId: string;
  /** Whether ECS Exec is. */
  enableExecuteCommand?: boolean;
  /** Names the credentials of its role at the task's endpoint; only a task with a role has some. */
  credentialsId?: string;
  /** Until then scale-in and deployments leave it alone; may be over. */
  protectedUntil?: Date;
  /** Known once the interface is real. */
  network?: AttachedInterface;
  containers: ContainerRecord[];
  /** The folders of the host of those volumes that do not lie on the task's own storage, by name. */
  volumeSources?: Record<string, string>;
  /** The names of those of them that the task may only read. */
  readOnlyVolumes?: string[];
  /** The EBS volume that the task gets at its launch. */
  ebsVolume?: EbsVolumeRecord;
  /** Where it is registered while it runs. */
  registrations?: TaskRegistration[];
  /** What was announced last; nothing before all containers run. */
  presence?: TaskPresence;
  /** Of a task of a Service Connect service. */
  proxy?: TaskProxyRecord;
  lastStatus: TaskStatus;
  desiredStatus: "RUNNING" | "STOPPED";
  stopCode?: TaskStopCode;
  stoppedReason?: string;
  /** When an operator has it replaced, or stopped, for the sake of the machine. */
  retireAt?: Date;
  /** Of a Spot task that is interrupted: by when all of it must have ended. */
  interruptedAt?: Date;
  /** Counts every change. */
  version: number;
  createdAt: Date;
  connectivityAt?: Date;
  pullStartedAt?: Date;
  pullStoppedAt?: Date;
  startedAt?: Date;
  stoppingAt?: Date;
  executionStoppedAt?: Date;
  stoppedAt?: Date;
}

/** The statuses of a task that has not ended. */
export const UNFINISHED: readonly TaskStatus[] = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
];

/** The definition of a task's container. */
export function definitionOf(task: TaskRecord, container: Pick<ContainerRecord, "name">): ContainerDefinition {
  const found = task.definition.containerDefinitions?.find((definition) => definition.name === container.name);
  if (!found) throw new Error(`task ${task.taskId} has no definition of container ${container.name}`);
  return found;
}

/** The override of a task's container, when RunTask gave one. */
export function overrideOf(task: TaskRecord, container: ContainerRecord): ContainerOverride | undefined {
  return task.overrides.containerOverrides?.find((override) => override.name === container.name);
}

/** `essential` is true unless the definition says false. */
export function isEssential(task: TaskRecord, container: ContainerRecord): boolean {
  return definitionOf(task, container).essential !== false;
}

/**
 * The health of a task from its essential containers: UNHEALTHY before UNKNOWN before HEALTHY.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 */
export function taskHealth(task: TaskRecord): HealthStatus {
  const states = task.containers.filter((one) => isEssential(task, one)).map((one) => one.healthStatus);
  if (states.includes("UNHEALTHY")) return "UNHEALTHY";
  return states.includes("UNKNOWN") || !states.length ? "UNKNOWN" : "HEALTHY";
}

/**
 * As what others are to find a task that runs: as healthy when every essential container with a health check is; one that
 * has not been probed yet is not.
 */
export function presenceOf(task: TaskRecord): TaskPresence {
  const probed = task.containers.filter((one) => isEssential(task, one) && definitionOf(task, one).healthCheck);
  return probed.every((one) => one.healthStatus === "HEALTHY") ? "HEALTHY" : "UNHEALTHY";
}

/** Whether others may still find the task. */
export function isFound(task: TaskRecord): boolean {
  return task.presence !== undefined && task.presence !== "LEFT";
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attachment.html */
function ebsAttachment(task: TaskRecord, volume: EbsVolumeRecord): Attachment {
  const ended = task.lastStatus === "STOPPED";
  const attached = task.volumeSources?.[volume.name] !== undefined;
  const isKept = !volume.deleteOnTermination && volume.statusReason === undefined; // one that failed holds nothing
  return {
    id: volume.attachmentId,
    type: "AmazonElasticBlockStorage",
    status: ended ? (isKept ? "DETACHED" : "DELETED") : attached ? "ATTACHED" : "CREATED",
    details: [
      { name: "roleArn", value: volume.roleArn },
      { name: "volumeName", value: volume.name },
      { name: "volumeId", value: volume.volumeId },
      { name: "deleteOnTermination", value: String(volume.deleteOnTermination) },
      ...(volume.statusReason === undefined ? [] : [{ name: "statusReason", value: volume.statusReason }]),
    ],
  };
}

const ATTACHMENT_STATUS: Record<TaskStatus, string> = {
  PROVISIONING: "PRECREATED",
  PENDING: "ATTACHED",
  ACTIVATING: "ATTACHED",
  RUNNING: "ATTACHED",
  DEACTIVATING: "ATTACHED",
  STOPPING: "ATTACHED",
  DEPROVISIONING: "ATTACHED",
  STOPPED: "DELETED",
};

function proxyAttachment(task: TaskRecord, proxy: TaskProxyRecord): Attachment {
  return {
    id: proxy.attachmentId,
    type: "ServiceConnect",
    status: task.lastStatus === "STOPPED" ? "DELETED" : proxy.running ? "ATTACHED" : "PRECREATED",
    details: [{ name: "ContainerName", value: proxy.containerName }],
  };
}

function attachmentDetails(task: TaskRecord) {
  const details = [{ name: "subnetId", value: task.eni.subnetId }];
  if (!task.network) return details;
  return [
    ...details,
    { name: "networkInterfaceId", value: task.eni.interfaceId },
    { name: "macAddress", value: task.eni.macAddress },
    { name: "privateDnsName", value: task.eni.privateDnsName },
    { name: "privateIPv4Address", value: task.eni.privateIp },
    ...(task.eni.ipv6Address === undefined ? [] : [{ name: "ipv6Address", value: task.eni.ipv6Address }]),
  ];
}

function containerView(task: TaskRecord, container: ContainerRecord, health: boolean): Container {
  const definition = definitionOf(task, container);
  const override = overrideOf(task, container);
  const memory = override?.memory ?? definition.memory;
  const memoryReservation = override?.memoryReservation ?? definition.memoryReservation;
  return {
    containerArn: container.containerArn,
    taskArn: task.taskArn,
    name: container.name,
    image: definition.image,
    ...(container.image ? { imageDigest: container.image.digest } : {}),
    ...(container.phase === "NONE" ? {} : { runtimeId: container.id }),
    lastStatus: container.phase === "RUNNING" || container.phase === "STOPPED" ? container.phase : "PENDING",
    ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...(container.reason === undefined ? {} : { reason: container.reason }),
    ...(container.phase === "NONE" ? {} : { networkBindings: [] }),
    networkInterfaces: interfacesView(task),
    ...(task.enableExecuteCommand ? { managedAgents: [execAgentView(container)] } : {}),
    ...(health ? { healthStatus: container.healthStatus } : {}),
    cpu: String(override?.cpu ?? definition.cpu ?? 0),
    ...(memory === undefined ? {} : { memory: String(memory) }),
    ...(memoryReservation === undefined ? {} : { memoryReservation: String(memoryReservation) }),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedAgent.html */
function execAgentView({ phase, execAgent }: ContainerRecord): ManagedAgent {
  const name = "ExecuteCommandAgent";
  const lastStartedAt = execAgent?.startedAt;
  const began = lastStartedAt ? { lastStartedAt } : {};
  if (phase === "STOPPED") return { ...began, name, reason: "Received Container Stopped event", lastStatus: "STOPPED" };
  const { lastStatus = "PENDING", reason } = execAgent ?? {};
  return { ...began, name, ...(reason === undefined ? {} : { reason }), lastStatus };
}

/** The Service Connect proxy as ECS shows it: a container of the task without image and sizes. */
function proxyView(task: TaskRecord, proxy: TaskProxyRecord, health: boolean): Container {
  const lastStatus = task.lastStatus === "STOPPED" ? "STOPPED" : proxy.running ? "RUNNING" : "PENDING";
  return {
    containerArn: proxy.containerArn,
    taskArn: task.taskArn,
    name: proxy.containerName,
    lastStatus,
    ...(lastStatus === "STOPPED" && proxy.running ? { exitCode: 0 } : {}),
    ...(lastStatus === "PENDING" ? {} : { networkBindings: [] }),
    networkInterfaces: interfacesView(task),
    ...(health ? { healthStatus: lastStatus === "RUNNING" ? "HEALTHY" : "UNKNOWN" } : {}),
  };
}

function interfacesView(task: TaskRecord): NetworkInterface[] {
  if (!task.network) return [];
  const { privateIp, ipv6Address } = task.eni;
  return [
    {
      attachmentId: task.attachmentId,
      privateIpv4Address: privateIp,
      ...(ipv6Address === undefined ? {} : { ipv6Address }),
    },
  ];
}

/** GiB. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html */
const DEFAULT_STORAGE_GIB = 20;

/** The size of a task's ephemeral storage, GiB. */
export function ephemeralStorageGiB(task: Pick<TaskRecord, "definition" | "overrides">): number {
  return (
    task.overrides.ephemeralStorage?.sizeInGiB ?? task.definition.ephemeralStorage?.sizeInGiB ?? DEFAULT_STORAGE_GIB
  );
}

/**
 * The task as the ECS API shows it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
 * @param include RunTask's answer alone says nothing of health; tags are an empty list unless they are asked for
 */
export function taskView(task: TaskRecord, include: { tags: boolean; health: boolean }): Task {
  return {
    taskArn: task.taskArn,
    clusterArn: task.clusterArn,
    taskDefinitionArn: task.definition.taskDefinitionArn,
    attachments: [
      ...(task.proxy ? [proxyAttachment(task, task.proxy)] : []),
      {
        id: task.attachmentId,
        type: "ElasticNetworkInterface",
        status: ATTACHMENT_STATUS[task.lastStatus],
        details: attachmentDetails(task),
      },
      ...(task.ebsVolume ? [ebsAttachment(task, task.ebsVolume)] : []),
    ],
    attributes: [
      {
        name: "ecs.cpu-architecture",
        value: task.definition.runtimePlatform?.cpuArchitecture === "ARM64" ? "arm64" : "x86_64",
      },
      ...(task.isolation ? [{ name: "neargate.isolation", value: task.isolation }] : []),
      ...(task.userNamespace ? [{ name: "neargate.user-namespace", value: "own" }] : []),
    ],
    availabilityZone: task.eni.availabilityZone,
    ...(task.capacityProvider === undefined ? {} : { capacityProviderName: task.capacityProvider }),
    ...(task.connectivityAt ? { connectivity: "CONNECTED", connectivityAt: task.connectivityAt } : {}),
    containers: [
      ...(task.proxy ? [proxyView(task, task.proxy, include.health)] : []),
      ...task.containers.map((container) => containerView(task, container, include.health)),
    ],
    cpu: String(task.cpu),
    memory: String(task.memoryMiB),
    createdAt: task.createdAt,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand ?? false,
    ephemeralStorage: { sizeInGiB: ephemeralStorageGiB(task) },
    fargateEphemeralStorage: { sizeInGiB: ephemeralStorageGiB(task) },
    group: task.group,
    ...(include.health ? { healthStatus: taskHealth(task) } : {}),
    lastStatus: task.lastStatus,
    launchType: "FARGATE",
    overrides: { ...task.overrides, containerOverrides: overridesView(task), inferenceAcceleratorOverrides: [] },
    platformFamily: "Linux",
    platformVersion: task.platformVersion,
    ...(task.pullStartedAt ? { pullStartedAt: task.pullStartedAt } : {}),
    ...(task.pullStoppedAt ? { pullStoppedAt: task.pullStoppedAt } : {}),
    ...(task.startedAt ? { startedAt: task.startedAt } : {}),
    ...(task.startedBy === undefined ? {} : { startedBy: task.startedBy }),
    ...(task.stopCode ? { stopCode: task.stopCode } : {}),
    ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
    ...(task.stoppingAt ? { stoppingAt: task.stoppingAt } : {}),
    ...(task.executionStoppedAt ? { executionStoppedAt: task.executionStoppedAt } : {}),
    ...(task.stoppedAt ? { stoppedAt: task.stoppedAt } : {}),
    tags: include.tags ? task.tags : [],
    version: task.version,
  };
}

/** AWS lists every container of the definition here, with or without an override. */
function overridesView(task: TaskRecord): ContainerOverride[] {
  const own = task.containers.map((container) => overrideOf(task, container) ?? { name: container.name });
  return task.proxy ? [{ name: task.proxy.containerName }, ...own] : own;
}
