import type { AssignPublicIp, Tag, TaskOverride } from "@aws-sdk/client-ecs";
import { formatArn } from "../../base/arn.ts";
import type { Scope } from "../../base/scope.ts";
import { firstRestartCount } from "../../tasks/restart-policy.ts";
import type { TaskRecord } from "../../tasks/task-record.ts";
import type { DeploymentDiscovery } from "./discovery/deployment-discovery.ts";
import { taskProxy, taskRegistrations } from "./discovery/plan.ts";
import type { Ecs } from "./ecs.ts";
import type { TaskDefinitionRecord } from "./store.ts";
import type { ConfiguredVolume } from "./volume-configuration.ts";
import { parseCpu, parseMemory } from "./task-definition/fargate-sizes.ts";

export interface LaunchRequest {
  scope: Scope;
  clusterName: string;
  clusterArn: string;
  definition: TaskDefinitionRecord["definition"];
  overrides: TaskOverride;
  group: string;
  startedBy?: string;
  subnetId: string;
  securityGroupIds: string[];
  assignPublicIp: AssignPublicIp;
  tags: Tag[];
  platformVersion: string;
  enableExecuteCommand?: boolean | undefined;
  /** When it is launched by a strategy. */
  capacityProvider?: string | undefined;
  /** How log drivers deliver that are not told. */
  logMode?: "blocking" | undefined;
  /** Of the task definition's volume that is configured at launch. */
  volume?: ConfiguredVolume;
  /** The RunTask call, when it has a client token. */
  request?: TaskRecord["request"];
  /** Container name → digest that its tag stands for. */
  imageDigests?: Record<string, string>;
  /** How a service's task is found, and finds others. */
  discovery?: DeploymentDiscovery & { serviceName: string; deploymentId: string };
}

/**
 * Makes one task with its network interface reserved, in the caller's transaction; the engine launches it on commit.
 * @throws AwsError when the subnet or a group is gone, or no address is free
 */
export async function launchTask(ecs: Ecs, request: LaunchRequest): Promise<TaskRecord> {
  const { scope, clusterName, definition, overrides } = request;
  const taskId = ecs.ids.hex(32);
  const attachmentId = ecs.ids.uuid();
  const eni = await ecs.networking.reserveInterface(scope, {
    subnetId: request.subnetId,
    securityGroupIds: request.securityGroupIds,
    assignPublicIp: request.assignPublicIp,
    description: formatArn("ecs", scope, `attachment/${attachmentId}`),
  });
  const taskArn = formatArn("ecs", scope, `task/${clusterName}/${taskId}`);
  const ebsVolume = request.volume && (await reserveVolume(ecs, scope, request.volume, taskArn, eni.availabilityZone));
  const task: TaskRecord = {
    scope,
    taskId,
    taskArn,
    clusterArn: request.clusterArn,
    definition,
    overrides,
    group: request.group,
    ...(request.request ? { request: request.request } : {}),
    ...(request.startedBy === undefined ? {} : { startedBy: request.startedBy }),
    platformVersion: request.platformVersion,
    ...(request.enableExecuteCommand ? { enableExecuteCommand: true } : {}),
    ...(request.capacityProvider === undefined ? {} : { capacityProvider: request.capacityProvider }),
    ...(request.logMode ? { logMode: request.logMode } : {}),
    ...isolated(ecs, request.capacityProvider),
    cpu: parseCpu(overrides.cpu ?? definition.cpu!),
    memoryMiB: parseMemory(overrides.memory ?? definition.memory!),
    tags: request.tags,
    eni,
    attachmentId,
    ...(ebsVolume ? { ebsVolume } : {}),
    ...(overrides.taskRoleArn || definition.taskRoleArn ? { credentialsId: ecs.ids.uuid() } : {}),
    containers: definition.containerDefinitions!.map((container) => {
      const pins = container.versionConsistency !== "disabled";
      const pinnedDigest = pins ? request.imageDigests?.[container.name!] : undefined;
      return {
        id: `${taskId}-${ecs.ids.digits(10)}`,
        containerArn: formatArn("ecs", scope, `container/${clusterName}/${taskId}/${ecs.ids.uuid()}`),
        name: container.name!,
        phase: "NONE",
        healthStatus: "UNKNOWN",
        ...firstRestartCount(container.restartPolicy),
        ...(pinnedDigest === undefined ? {} : { pinnedDigest }),
      };
    }),
    ...(request.discovery ? discovered(ecs, request, request.discovery, { taskId, eni }) : {}),
    lastStatus: "PROVISIONING",
    desiredStatus: "RUNNING",
    version: 1,
    createdAt: new Date(ecs.clock.now()),
  };
  await ecs.engine.launch([task]);
  return task;
}

function isolated(ecs: Ecs, capacityProvider: string | undefined): Pick<TaskRecord, "isolation"> {
  const isolation = ecs.engine.isolationOf(capacityProvider);
  return isolation ? { isolation } : {};
}

async function reserveVolume(
  ecs: Ecs,
  scope: Scope,
  volume: ConfiguredVolume,
  taskArn: string,
  availabilityZone: string,
): Promise<NonNullable<TaskRecord["ebsVolume"]>> {
  const { name, roleArn, propagateTags: _, ...request } = volume;
  const { volumeId } = await ecs.volumes.reserveVolume(scope, { ...request, taskArn, availabilityZone });
  return { attachmentId: ecs.ids.uuid(), name, volumeId, roleArn, deleteOnTermination: volume.deleteOnTermination };
}

/** Where a service's task is registered while it runs, and its Service Connect proxy. */
function discovered(
  ecs: Ecs,
  { scope, clusterName, definition }: LaunchRequest,
  discovery: NonNullable<LaunchRequest["discovery"]>,
  { taskId, eni }: Pick<TaskRecord, "taskId" | "eni">,
): Pick<TaskRecord, "registrations" | "proxy"> {
  const { serviceName, deploymentId } = discovery;
  const { region } = scope;
  const { family } = definition;
  const registrations = taskRegistrations(discovery, { region, clusterName, serviceName, family, deploymentId, eni });
  const proxy = taskProxy(discovery, {
    containerName: `ecs-service-connect-${ecs.ids.hex(5)}`,
    containerArn: formatArn("ecs", scope, `container/${clusterName}/${taskId}/${ecs.ids.uuid()}`),
    attachmentId: ecs.ids.uuid(),
  });
  return { ...(registrations.length ? { registrations } : {}), ...(proxy ? { proxy } : {}) };
}

/** The tags that ECS adds when `enableECSManagedTags` is on. */
export function managedTags(enabled: boolean | undefined, clusterName: string, serviceName?: string): Tag[] {
  if (!enabled) return [];
  return [
    { key: "aws:ecs:clusterName", value: clusterName },
    ...(serviceName === undefined ? [] : [{ key: "aws:ecs:serviceName", value: serviceName }]),
  ];
}
