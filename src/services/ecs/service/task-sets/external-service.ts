import type {
  CreateServiceRequest,
  DeploymentConfiguration,
  ServiceConnectConfiguration,
  UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import { formatArn } from "../../../../base/arn.ts";
import { scopeKey } from "../../../../base/scope.ts";
import type { RequestContext } from "../../../../wire/context.ts";
import type { Ecs } from "../../ecs.ts";
import { invalidParameter, notSupportedYet } from "../../errors.ts";
import { requireRoleForExec } from "../../exec/execute-command-rules.ts";
import { refusePlacement } from "../../fargate.ts";
import type { ClusterRecord } from "../../store.ts";
import { refuseUnsupported } from "../../supported.ts";
import { checkTags } from "../../tags.ts";
import { findTaskDefinition } from "../../task-definition/find.ts";
import { checkDeploymentConfiguration, DEFAULT_DEPLOYMENT_CONFIGURATION } from "../configuration.ts";
import { saveService } from "../find.ts";
import type { ServiceRecord } from "../service-record.ts";
import { saveTaskSet, taskSetsOf, unthrottled } from "./find.ts";
import type { TaskSetRecord } from "./task-set-record.ts";
import { checkDesiredCount } from "../desired-count.ts";

/* Services whose deployments somebody else controls: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html */

const MAX_CLIENT_TOKEN = 36;

/**
 * Makes such a service. What its tasks run is said by its task sets, and by none of its own members.
 * @param input its name is checked
 * @throws AwsError InvalidParameterException
 */
export async function createExternalService(
  ecs: Ecs,
  cluster: ClusterRecord,
  input: CreateServiceRequest & { serviceName: string },
  { scope, principal }: Pick<RequestContext, "scope" | "principal">,
): Promise<ServiceRecord> {
  if ((input.clientToken?.length ?? 0) > MAX_CLIENT_TOKEN)
    throw invalidParameter(`idempotency token longer than ${MAX_CLIENT_TOKEN}.`);
  checkCreation(input);
  const { clusterName, clusterArn } = cluster;
  const { serviceName } = input;
  const wanted: ServiceRecord = {
    scope,
    serviceName,
    serviceArn: formatArn("ecs", scope, `service/${clusterName}/${serviceName}`),
    clusterName,
    clusterArn,
    status: "ACTIVE",
    desiredCount: input.desiredCount ?? 0,
    deploymentController: "EXTERNAL",
    platformVersion: "LATEST",
    ...checkPercentages(input.deploymentConfiguration, DEFAULT_DEPLOYMENT_CONFIGURATION),
    healthCheckGracePeriodSeconds: 0,
    deployments: [],
    events: [],
    tags: checkTags(input.tags),
    propagateTags: input.propagateTags ?? "NONE",
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    ...(input.clientToken === undefined ? {} : { clientToken: input.clientToken }),
    createdAt: new Date(ecs.clock.now()),
    createdBy: principal.arn,
  };
  return await ecs.transaction(async () => {
    const earlier = await ecs.store.services.get(scopeKey(scope), `${clusterName}/${serviceName}`);
    if (earlier?.status === "DRAINING") throw invalidParameter("Unable to Start a service that is still Draining.");
    if (earlier?.status === "ACTIVE") {
      if (!isRepetition(earlier, wanted)) throw invalidParameter("Creation of service was not idempotent.");
      return earlier;
    }
    await saveService(ecs, wanted);
    return wanted;
  });
}

function checkCreation(input: CreateServiceRequest): void {
  if (input.schedulingStrategy === "DAEMON")
    throw invalidParameter(
      "The EXTERNAL deployment controller type is not supported for services using the DAEMON scheduling strategy.",
    );
  checkDesiredCount(input.desiredCount, "DesiredCount");
  if (input.taskDefinition === "") throw invalidParameter("Family should not be null or empty.");
  if (input.taskDefinition) throw invalidParameter("TaskDefinition must be blank.");
  if (input.launchType) throw invalidParameter("LaunchType must be blank.");
  if (input.platformVersion) throw invalidParameter("PlatformVersion must be blank.");
  if (input.networkConfiguration) throw invalidParameter("NetworkConfiguration must be null.");
  if (input.capacityProviderStrategy?.length) throw invalidParameter("CapacityProviderStrategy must be empty.");
  if (input.loadBalancers?.length) throw invalidParameter("LoadBalancers must be empty.");
  if (input.serviceRegistries?.length) throw invalidParameter("ServiceRegistries must be empty.");
  if (input.volumeConfigurations?.length) throw invalidParameter("VolumeConfigurations must be empty.");
  if (input.healthCheckGracePeriodSeconds)
    throw invalidParameter("Health check grace period is only valid for services configured to use load balancers");
  refuseServiceConnect(input.serviceConnectConfiguration);
  // All tasks here are Fargate's.
  refusePlacement(input);
  refuseUnsupported({ ...input, availabilityZoneRebalancing: rebalancing(input) }, [
    "clientToken",
    "cluster",
    "deploymentConfiguration",
    "deploymentController",
    "desiredCount",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "propagateTags",
    "schedulingStrategy",
    "serviceName",
    "tags",
  ]);
}

/** `DISABLED` says nothing. */
function rebalancing({ availabilityZoneRebalancing: asked }: CreateServiceRequest | UpdateServiceRequest) {
  return asked === "DISABLED" ? undefined : asked;
}

function refuseServiceConnect(configuration: ServiceConnectConfiguration | undefined): void {
  if (configuration?.enabled)
    throw invalidParameter(
      "Service Connect feature is only supported with ECS (rolling update) deployment controller. Update to ECS deployment controller and try again.",
    );
}

/** Of a deployment configuration there are the percentages: what they are is told, and Fargate does not use them. */
function checkPercentages(
  given: DeploymentConfiguration | undefined,
  before: Parameters<typeof checkDeploymentConfiguration>[1],
): ReturnType<typeof checkDeploymentConfiguration> {
  if (!given) return before;
  const { deploymentCircuitBreaker, alarms, strategy, maximumPercent, minimumHealthyPercent, ...rest } = given;
  const onlyWithEcs = (feature: string) =>
    invalidParameter(
      `${feature} feature is only supported with ECS deployment controller. Update to ECS deployment controller and try again.`,
    );
  if (deploymentCircuitBreaker?.enable) throw onlyWithEcs("Deployment circuit breaker");
  if (alarms?.enable) throw onlyWithEcs("Alarm based rollback");
  if (strategy && strategy !== "ROLLING") throw onlyWithEcs("Deployment strategy");
  refuseUnsupported(rest, [], "deploymentConfiguration");
  return checkDeploymentConfiguration(
    {
      ...(maximumPercent === undefined ? {} : { maximumPercent }),
      ...(minimumHealthyPercent === undefined ? {} : { minimumHealthyPercent }),
    },
    before,
  );
}

function isRepetition(earlier: ServiceRecord, asked: ServiceRecord): boolean {
  const shape = (service: ServiceRecord) =>
    JSON.stringify([
      service.deploymentController,
      service.desiredCount,
      service.minimumHealthyPercent,
      service.maximumPercent,
      service.enableECSManagedTags,
      service.enableExecuteCommand,
      service.propagateTags,
    ]);
  return Boolean(asked.clientToken) && earlier.clientToken === asked.clientToken && shape(earlier) === shape(asked);
}

/**
 * Changes such a service, in the caller's transaction; its task sets follow the desired count.
 * @throws AwsError InvalidParameterException
 */
export async function updateExternalService(
  ecs: Ecs,
  found: ServiceRecord,
  input: UpdateServiceRequest,
): Promise<ServiceRecord> {
  checkUpdate(input);
  const taskSets = await taskSetsOf(ecs, found);
  if (input.enableExecuteCommand) await requireRolesForExec(ecs, found, taskSets);
  const service: ServiceRecord = {
    ...found,
    ...checkPercentages(input.deploymentConfiguration, found),
    desiredCount: input.desiredCount ?? found.desiredCount,
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? found.healthCheckGracePeriodSeconds,
    enableECSManagedTags: input.enableECSManagedTags ?? found.enableECSManagedTags,
    enableExecuteCommand: input.enableExecuteCommand ?? found.enableExecuteCommand ?? false,
    propagateTags: input.propagateTags ?? found.propagateTags,
  };
  await saveService(ecs, service);
  for (const taskSet of taskSets) if (taskSet.deployment.startFailures) await saveTaskSet(ecs, unthrottled(taskSet));
  return service;
}

/** ECS Exec is of all tasks that start from then on, in whichever task set. */
async function requireRolesForExec(
  ecs: Ecs,
  { scope }: ServiceRecord,
  taskSets: readonly TaskSetRecord[],
): Promise<void> {
  for (const { status, deployment } of taskSets) {
    const found = await findTaskDefinition(ecs, scope, deployment.taskDefinition);
    if (found && status !== "DRAINING") requireRoleForExec(true, "The service couldn't be updated", found.definition);
  }
}

function checkUpdate(input: UpdateServiceRequest): void {
  checkDesiredCount(input.desiredCount, "Task count");
  if ((input.healthCheckGracePeriodSeconds ?? 0) < 0)
    throw invalidParameter("healthCheckGracePeriodSeconds must be at least 0");
  const inTaskSets = (what: string) =>
    invalidParameter(
      `Unable to update ${what} on services with an EXTERNAL deployment controller. Create a new task set instead.`,
    );
  const controller = input.deploymentController?.type;
  if (controller && controller !== "EXTERNAL")
    throw notSupportedYet(`changing the deploymentController to ${controller}`);
  if (input.taskDefinition) throw inTaskSets("task definition");
  if (input.networkConfiguration) throw inTaskSets("network parameters");
  if (input.platformVersion) throw inTaskSets("platform version");
  if (input.capacityProviderStrategy) throw inTaskSets("capacity provider strategy");
  if (input.loadBalancers) throw inTaskSets("load balancers");
  if (input.serviceRegistries) throw inTaskSets("service registries");
  if (input.volumeConfigurations?.length) throw inTaskSets("volume configurations");
  if (input.forceNewDeployment)
    throw invalidParameter(
      "Cannot force a new deployment on services with an EXTERNAL deployment controller. Create a new task set instead.",
    );
  refuseServiceConnect(input.serviceConnectConfiguration);
  refusePlacement(input);
  refuseUnsupported({ ...input, availabilityZoneRebalancing: rebalancing(input) }, [
    "cluster",
    "deploymentConfiguration",
    "deploymentController",
    "desiredCount",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "propagateTags",
    "service",
  ]);
}
