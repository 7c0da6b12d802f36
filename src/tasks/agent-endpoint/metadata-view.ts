import { addressAt, cidr } from "../../network/ipv4.ts";
import { containerLabels } from "../container-spec.ts";
import type { StorageUsage } from "../ports.ts";
import { definitionOf, overrideOf, type ContainerRecord, type TaskRecord } from "../task-record.ts";
import type { ClockDrift } from "./clock-drift.ts";

/** The least that the kernel takes for CPU shares: what a container without `cpu` has. */
const MIN_CPU_SHARES = 2;

/** What of a task's metadata is not in its record. */
export interface TaskSurroundings {
  clockDrift: ClockDrift;
  storage: StorageUsage | undefined;
}

/**
 * A task as the metadata endpoint shows it, members in AWS's order; what is `undefined` is left out.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
 */
export function taskMetadata(task: TaskRecord, { clockDrift, storage }: TaskSurroundings, withTags: boolean) {
  return {
    Cluster: task.clusterArn,
    TaskARN: task.taskArn,
    Family: task.definition.family ?? "",
    Revision: String(task.definition.revision ?? ""),
    DesiredStatus: task.desiredStatus,
    KnownStatus: taskStatus(task),
    Limits: { CPU: task.cpu / 1024, Memory: task.memoryMiB },
    PullStartedAt: time(task.pullStartedAt),
    PullStoppedAt: time(task.pullStoppedAt),
    ExecutionStoppedAt: time(task.executionStoppedAt),
    AvailabilityZone: task.eni.availabilityZone,
    AvailabilityZoneID: task.eni.availabilityZoneId,
    TaskTags: withTags && task.tags.length ? sorted(task.tags.map(({ key, value }) => [key!, value ?? ""])) : undefined,
    LaunchType: "FARGATE",
    Containers: task.containers.map((container) => containerMetadata(task, container)),
    ServiceName: task.group.startsWith("service:") ? task.group.slice("service:".length) : undefined,
    ClockDrift: clockDrift,
    EphemeralStorageMetrics: storage && { Utilized: storage.utilized, Reserved: storage.reserved },
    FaultInjectionEnabled: task.definition.enableFaultInjection ?? false,
  };
}

/** One container of {@link taskMetadata}. */
export function containerMetadata(task: TaskRecord, container: ContainerRecord) {
  const definition = definitionOf(task, container);
  const override = overrideOf(task, container);
  const volumes = (definition.mountPoints ?? []).map(({ sourceVolume, containerPath }) => ({
    DockerName: sourceVolume,
    Destination: containerPath,
  }));
  return {
    DockerId: container.id,
    Name: container.name,
    DockerName: container.name,
    Image: definition.image,
    ImageID: container.image?.digest ?? "",
    Labels: sorted(Object.entries(containerLabels(task, container))),
    DesiredStatus: task.desiredStatus,
    KnownStatus: containerStatus(container),
    ExitCode: container.exitCode,
    Limits: {
      CPU: Math.max(MIN_CPU_SHARES, override?.cpu ?? definition.cpu ?? 0),
      Memory: override?.memory ?? definition.memory,
    },
    CreatedAt: time(container.createdAt ?? container.startedAt),
    StartedAt: time(container.startedAt),
    FinishedAt: time(container.stoppedAt),
    Type: "NORMAL",
    Health: definition.healthCheck && container.phase !== "NONE" ? health(container) : undefined,
    Volumes: volumes.length ? volumes : undefined,
    LogDriver: definition.logConfiguration?.logDriver,
    LogOptions: logOptions(task, container),
    ContainerARN: container.containerArn,
    Networks: networks(task),
    Snapshotter: "overlayfs",
    RestartCount: container.restartCount,
  };
}

/** The agent leaves out an exit code of 0, and no output. */
function health({ healthStatus, healthProbe }: ContainerRecord) {
  return {
    status: healthStatus,
    statusSince: time(healthProbe?.at),
    exitCode: healthProbe?.exitCode || undefined,
    output: healthProbe?.output || undefined,
  };
}

/** The status that the agent knows a container by. */
function containerStatus({ phase, image }: ContainerRecord): string {
  return phase === "NONE" ? (image ? "PULLED" : "NONE") : phase;
}

/** A task is as far as the least of its containers, until it has ended. */
function taskStatus(task: TaskRecord): string {
  if (task.containers.every(({ phase }) => phase === "STOPPED")) return "STOPPED";
  return task.containers.some(({ phase }) => phase === "NONE") ? "NONE" : "RUNNING";
}

/** With the name of the stream in place of the prefix that it is made with. */
function logOptions(task: TaskRecord, container: ContainerRecord): Record<string, string> | undefined {
  const { logDriver, options } = definitionOf(task, container).logConfiguration ?? {};
  if (!options) return undefined;
  const { "awslogs-stream-prefix": prefix, ...rest } = options;
  if (logDriver !== "awslogs" || prefix === undefined) return sorted(Object.entries(options));
  return sorted(Object.entries({ ...rest, "awslogs-stream": `${prefix}/${container.name}/${task.taskId}` }));
}

function networks({ eni, network }: TaskRecord) {
  if (!network) return undefined;
  const subnet = network.subnetCidrBlock;
  return [
    {
      NetworkMode: "awsvpc",
      IPv4Addresses: [eni.privateIp],
      IPv6Addresses: eni.ipv6Address === undefined ? undefined : [eni.ipv6Address],
      AttachmentIndex: 0,
      MACAddress: eni.macAddress,
      IPv4SubnetCIDRBlock: subnet,
      IPv6SubnetCIDRBlock: network.subnetIpv6CidrBlock,
      DomainNameServers: network.nameservers.length ? network.nameservers : undefined,
      DomainNameSearchList: network.searchDomains.length ? network.searchDomains : undefined,
      PrivateDNSName: eni.privateDnsName,
      SubnetGatewayIpv4Address: subnet && `${addressAt(cidr(subnet), 1)}/${cidr(subnet).prefix}`,
    },
  ];
}

function time(date: Date | undefined): string | undefined {
  return date?.toISOString();
}

function sorted(entries: [string, string][]): Record<string, string> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
