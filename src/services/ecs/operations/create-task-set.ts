import type { CreateTaskSetRequest, CreateTaskSetResponse } from "@aws-sdk/client-ecs";
import { isDeepStrictEqual } from "node:util";
import type { RequestContext } from "../../../wire/context.ts";
import { checkClientToken } from "../client-token.ts";
import { activeCluster } from "../clusters.ts";
import { findActiveDefinition } from "../definition-to-run.ts";
import { checkRegistries } from "../discovery/service-registry.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, serviceNotActive } from "../errors.ts";
import { requireRoleForExec } from "../exec/execute-command-rules.ts";
import { requireFargate, resolvePlatform } from "../fargate.ts";
import { checkNetwork, requireNetwork } from "../network-configuration.ts";
import { withNewDeployment } from "../service/deployment.ts";
import { findService } from "../service/find.ts";
import { primaryOf, type DeploymentVersion, type ServiceRecord } from "../service/service-record.ts";
import { countTasks } from "../service/task-counts.ts";
import { requireExternal, saveTaskSet, taskSetsOf } from "../service/task-sets/find.ts";
import { checkScale } from "../service/task-sets/scale.ts";
import type { TaskSetRecord } from "../service/task-sets/task-set-record.ts";
import { taskSetView } from "../service/task-sets/view.ts";
import type { ClusterRecord } from "../store.ts";
import { refuseUnsupported } from "../supported.ts";
import { checkTags } from "../tags.ts";

/** What AWS allows of a service; those that drain count. */
const MAX_TASK_SETS = 5;
const MAX_CLIENT_TOKEN = 32;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html */
export function createTaskSet(ecs: Ecs) {
  return async (input: CreateTaskSetRequest, { scope }: RequestContext): Promise<CreateTaskSetResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    checkRequest(input);
    const tags = checkTags(input.tags);
    const scale = checkScale(input.scale);
    const [service, taskSet] = await ecs.transaction(async () => {
      const found = await findService(ecs, scope, cluster, input.service!);
      if (found.status !== "ACTIVE") throw serviceNotActive();
      requireExternal(found);
      const version = await versionOf(ecs, cluster, found, input);
      const others = await taskSetsOf(ecs, found);
      const wanted = newTaskSet(ecs, found, { version, scale, tags, input });
      const earlier = others.find(({ clientToken }) => clientToken !== undefined && clientToken === input.clientToken);
      if (earlier) {
        if (!isRepetition(earlier, wanted)) throw invalidParameter("Creation of task set was not idempotent.");
        return [found, earlier];
      }
      if (others.length >= MAX_TASK_SETS)
        throw invalidParameter(
          `${others.length} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.`,
        );
      await saveTaskSet(ecs, wanted);
      return [found, wanted];
    });
    const counts = await countTasks(ecs, service);
    return { taskSet: taskSetView(service, taskSet, counts, { tags: taskSet.tags.length > 0 }) };
  };
}

/** What can be said of a request without looking at anything else. */
function checkRequest(input: CreateTaskSetRequest): void {
  checkClientToken(input.clientToken, MAX_CLIENT_TOKEN);
  refuseUnsupported(input, [
    "capacityProviderStrategy",
    "clientToken",
    "cluster",
    "externalId",
    "launchType",
    "networkConfiguration",
    "platformVersion",
    "scale",
    "service",
    "serviceRegistries",
    "tags",
    "taskDefinition",
  ]);
}

/** What the task set is to run. @throws AwsError */
async function versionOf(
  ecs: Ecs,
  cluster: ClusterRecord,
  service: ServiceRecord,
  input: CreateTaskSetRequest,
): Promise<DeploymentVersion> {
  const { scope } = service;
  const { definition } = await findActiveDefinition(ecs, scope, input.taskDefinition!);
  if (definition.networkMode === "awsvpc") requireNetwork(input.networkConfiguration);
  const strategy = requireFargate(
    input,
    cluster,
    definition,
    "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
  );
  if (definition.volumes?.some(({ configuredAtLaunch }) => configuredAtLaunch))
    throw invalidParameter("Task sets do not support volumes that are configured at launch.");
  requireRoleForExec(service.enableExecuteCommand, "The task set couldn't be created", definition);
  const platformVersion = resolvePlatform(input.platformVersion);
  const { network } = await checkNetwork(ecs, scope, input.networkConfiguration);
  const registry = await checkRegistries(ecs, scope, input.serviceRegistries, definition);
  return {
    taskDefinition: definition.taskDefinitionArn,
    platformVersion,
    network,
    ...(strategy ? { strategy } : {}),
    ...(registry ? { registry } : {}),
    ...(input.externalId === undefined ? {} : { externalId: input.externalId }),
  };
}

function newTaskSet(
  ecs: Ecs,
  service: ServiceRecord,
  {
    version,
    scale,
    tags,
    input,
  }: { version: DeploymentVersion; scale: number; tags: TaskSetRecord["tags"]; input: CreateTaskSetRequest },
): TaskSetRecord {
  const now = new Date(ecs.clock.now());
  const deployment = primaryOf(withNewDeployment({ ...service, deployments: [] }, version, ecs.ids, now));
  const { externalId, clientToken } = input;
  return {
    scope: service.scope,
    clusterName: service.clusterName,
    clusterArn: service.clusterArn,
    serviceName: service.serviceName,
    serviceArn: service.serviceArn,
    status: "ACTIVE",
    deployment: externalId === undefined ? deployment : { ...deployment, externalId },
    ...(externalId === undefined ? {} : { externalId }),
    ...(clientToken === undefined ? {} : { clientToken }),
    scale,
    plannedCount: 0,
    stability: "STABILIZING",
    stabilityAt: now,
    tags,
    createdAt: now,
    updatedAt: now,
  };
}

/** Whether two task sets were asked for in the same words, but for tags and what has been changed since. */
function isRepetition(earlier: TaskSetRecord, asked: TaskSetRecord): boolean {
  const shape = ({ externalId, deployment }: TaskSetRecord) => [
    externalId,
    deployment.taskDefinition,
    deployment.platformVersion,
    deployment.network,
    deployment.strategy,
    deployment.registry,
  ];
  return isDeepStrictEqual(shape(earlier), shape(asked));
}
