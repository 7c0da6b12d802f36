import type {
  CreateServiceRequest,
  DeploymentConfiguration,
  ServiceConnectConfiguration,
  UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../../base/scope.ts";
import type { RequestContext } from "../../../../wire/context.ts";
import type { Ecs } from "../../ecs.ts";
import { invalidParameter, notSupportedYet } from "../../errors.ts";
import { requireRoleForExec } from "../../exec/execute-command-rules.ts";
import { refusePlacement } from "../../fargate.ts";
import type { ClusterRecord } from "../../store.ts";
import { refuseUnsupported } from "../../supported.ts";
import { findTaskDefinition } from "../../task-definition/find.ts";
import { checkDeploymentConfiguration, DEFAULT_DEPLOYMENT_CONFIGURATION } from "../configuration.ts";
import { saveService } from "../find.ts";
import type { ServiceRecord } from "../service-record.ts";
import { changedSettings, newService, repeatedService } from "../service-settings.ts";
import { saveTaskSet, taskSetsOf, unthrottled } from "./find.ts";
import type { TaskSetRecord } from "./task-set-record.ts";

/* Services whose deployments somebody else controls: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-external.html */

/**
 * Makes such a service. What its tasks run is said by its task sets, and by none of its own members.
 * @param input its name is checked
 * @throws AwsError InvalidParameterException
 */
export async function createExternalService(
  ecs: Ecs,
  cluster: ClusterRecord,
  input: CreateServiceRequest & { serviceName: string },
  context: Pick<RequestContext, "scope" | "principal">,
): Promise<ServiceRecord> {
  checkCreation(input);
  const wanted = newService(ecs, cluster, input, context, {
    ...checkPercentages(input.deploymentConfiguration, DEFAULT_DEPLOYMENT_CONFIGURATION),
    deploymentController: "EXTERNAL",
  });
  return await ecs.transaction(async () => {
    const id = `${cluster.clusterName}/${input.serviceName}`;
    const earlier = await ecs.store.services.get(scopeKey(context.scope), id);
    const repeated = repeatedService(earlier, wanted, shapeOf);
    if (repeated) return repeated;
    await saveService(ecs, wanted);
    return wanted;
  });
}

function checkCreation(input: CreateServiceRequest): void {
  if (input.schedulingStrategy === "DAEMON")
    throw invalidParameter(
      "The EXTERNAL deployment controller type is not supported for services using the DAEMON scheduling strategy.",
    );
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

/** What a CreateService must ask for again to repeat the one before. */
function shapeOf(service: ServiceRecord): unknown[] {
  return [
    service.deploymentController,
    service.desiredCount,
    service.minimumHealthyPercent,
    service.maximumPercent,
    service.enableECSManagedTags,
    service.enableExecuteCommand,
    service.propagateTags,
  ];
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
    ...changedSettings(input, found),
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
