import { createHash } from "node:crypto";
import type { Failure, RunTaskRequest, RunTaskResponse, TaskOverride } from "@aws-sdk/client-ecs";
import { AwsError } from "../../../base/errors.ts";
import type { Scope } from "../../../base/scope.ts";
import { placeByStrategy } from "../../../control/capacity-strategy.ts";
import { spreadOverZones } from "../../../control/service-plan.ts";
import { taskView, type TaskRecord } from "../../../tasks/task-record.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { defaultLogMode, settingsOwner } from "../account-settings.ts";
import { checkClientToken } from "../client-token.ts";
import { clusterToUse } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import {
  clientTokenInUse,
  invalidParameter,
  launchesThrottled,
  taskDefinitionInactive,
  taskDefinitionNotFound,
} from "../errors.ts";
import { requireRoleForExec } from "../exec/execute-command-rules.ts";
import { capacityProblem, requireFargate, resolvePlatform } from "../fargate.ts";
import { launchTask, managedTags } from "../launch.ts";
import { checkNetwork } from "../network-configuration.ts";
import { checkOverrides } from "../overrides.ts";
import { checkRoles, requireInfrastructureRole, requireTaskRoles } from "../roles.ts";
import { refuseUnsupported } from "../supported.ts";
import { checkTags, mergeTags } from "../tags.ts";
import { findTaskDefinition } from "../task-definition/find.ts";
import { configuredVolume, volumeTags } from "../volume-configuration.ts";

const MAX_COUNT = 10;
const MAX_STARTED_BY = 128;
const MAX_CLIENT_TOKEN = 64;
const MAX_REFERENCE_ID = 1024;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export function runTask(ecs: Ecs) {
  return async (input: RunTaskRequest, { scope, principal }: RequestContext): Promise<RunTaskResponse> => {
    const found = await findTaskDefinition(ecs, scope, input.taskDefinition!);
    if (!found) throw taskDefinitionNotFound();
    const cluster = await clusterToUse(ecs, scope, input.cluster);
    if (found.definition.status !== "ACTIVE") throw taskDefinitionInactive();
    const requestedTags = checkTags(input.tags);
    const count = checkRequest(input);
    const strategy = requireFargate(
      input,
      cluster,
      found.definition,
      "You may choose a capacity provider or a launch type but not both.",
    );
    const platformVersion = resolvePlatform(input.platformVersion);
    const { network, subnets } = await checkNetwork(ecs, scope, input.networkConfiguration);
    const overrides: TaskOverride = checkOverrides(input.overrides, found.definition);
    checkRoles(overrides, scope);
    requireRoleForExec(input.enableExecuteCommand, "The task couldn't be created", found.definition, overrides);
    await requireTaskRoles(ecs, scope, found.definition, overrides);
    const tags = mergeTags(
      requestedTags,
      input.propagateTags === "TASK_DEFINITION" ? found.tags : [],
      managedTags(input.enableECSManagedTags, cluster.clusterName),
    );

    const configured = configuredVolume(found.definition, input.volumeConfigurations);
    await requireInfrastructureRole(ecs, scope, configured);
    const managed = managedTags(input.enableECSManagedTags, cluster.clusterName);
    const volume = configured && {
      ...configured,
      tags: volumeTags(configured, { definition: found.tags, service: [], managed }),
    };

    const problem = capacityProblem(found.definition);
    if (problem) return { tasks: [], failures: Array.from({ length: count }, () => problem) };

    const request = input.clientToken
      ? { clientToken: `${cluster.clusterName}/${input.clientToken}`, fingerprint: fingerprintOf(input) }
      : undefined;
    const logMode = await defaultLogMode(ecs, scope, settingsOwner(principal, scope));
    const launch = async (): Promise<Launched> => {
      const providers = strategy ? placeByStrategy(strategy, [], count) : [];
      const launches = Array.from({ length: count }, (_, index) => providers[index]);
      if (!ecs.launchRates.takeAll(scope, launches)) throw launchesThrottled();
      const zones = spreadOverZones([...new Set(subnets.map((subnet) => subnet.availabilityZone))], [], count);
      const tasks: TaskRecord[] = [];
      const failures: Failure[] = [];
      for (const [index, zone] of zones.entries()) {
        const inZone = subnets.filter((subnet) => subnet.availabilityZone === zone);
        try {
          tasks.push(
            await launchTask(ecs, {
              scope,
              clusterName: cluster.clusterName,
              clusterArn: cluster.clusterArn,
              definition: found.definition,
              overrides,
              group: input.group || `family:${found.definition.family}`,
              startedBy: input.startedBy || undefined,
              subnetId: inZone[tasks.length % inZone.length]!.subnetId,
              securityGroupIds: network.securityGroups ?? [],
              assignPublicIp: network.assignPublicIp ?? "DISABLED",
              platformVersion,
              enableExecuteCommand: input.enableExecuteCommand,
              capacityProvider: providers[index],
              logMode,
              tags,
              volume,
              request,
            }),
          );
        } catch (cause) {
          if (!(cause instanceof AwsError)) throw cause;
          failures.push({ reason: "RESOURCE:ENI", detail: cause.message });
        }
      }
      return { tasks, failures };
    };

    const { tasks, failures } = await ecs.transaction(() => (request ? once(ecs, scope, request, launch) : launch()));
    return { tasks: tasks.map((task) => taskView(task, { tags: true, health: false })), failures };
  };
}

interface Launched {
  tasks: TaskRecord[];
  failures: Failure[];
}

/** What can be said of a request without looking at anything else. @returns how many tasks it asks for */
function checkRequest(input: RunTaskRequest): number {
  const count = input.count ?? 1;
  if (count < 1) throw invalidParameter("Task count can not be lesser than 1");
  if (count > MAX_COUNT) throw invalidParameter(`Task count can not be greater than ${MAX_COUNT}`);
  if ((input.startedBy?.length ?? 0) > MAX_STARTED_BY)
    throw invalidParameter(`startedBy longer than ${MAX_STARTED_BY}.`);
  checkClientToken(input.clientToken, MAX_CLIENT_TOKEN);
  if ((input.referenceId?.length ?? 0) > MAX_REFERENCE_ID)
    throw invalidParameter(`referenceId longer than ${MAX_REFERENCE_ID}.`);
  if (input.group?.startsWith("service:")) throw invalidParameter("Invalid namespace for group.");
  if (input.propagateTags === "SERVICE")
    throw invalidParameter("propagateTags should be one of [TASK_DEFINITION,NONE]");
  refuseUnsupported(input, [
    "capacityProviderStrategy",
    "cluster",
    "clientToken",
    "count",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "group",
    "launchType",
    "networkConfiguration",
    "overrides",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "referenceId",
    "startedBy",
    "tags",
    "taskDefinition",
    "volumeConfigurations",
  ]);
  return count;
}

function fingerprintOf(input: RunTaskRequest): string {
  return createHash("sha256").update(JSON.stringify(input)).digest("hex");
}

/** Launches for the first request with a client token; a repetition is answered with the same tasks. */
async function once(
  ecs: Ecs,
  scope: Scope,
  request: NonNullable<TaskRecord["request"]>,
  launch: () => Promise<Launched>,
): Promise<Launched> {
  const tasks = await ecs.engine.tasks.list(scope, { where: { client_token: request.clientToken } });
  if (!tasks.length) return await launch();
  if (tasks[0]!.request?.fingerprint !== request.fingerprint) throw clientTokenInUse(tasks.map((task) => task.taskArn));
  return { tasks, failures: [] };
}
