import { isDeepStrictEqual } from "node:util";
import type {
  ServiceConnectConfiguration,
  TaskDefinition,
  UpdateServiceRequest,
  UpdateServiceResponse,
} from "@aws-sdk/client-ecs";
import { failpoint } from "../../../base/failpoint.ts";
import type { Scope } from "../../../base/scope.ts";
import type { StrategyItem } from "../../../control/capacity-strategy.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { checkStrategy } from "../capacity-providers.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, notSupportedYet, serviceNotActive, taskDefinitionNotFound } from "../errors.ts";
import type { DeploymentServiceConnect } from "../discovery/deployment-discovery.ts";
import { deployServiceConnect } from "../discovery/service-connect.ts";
import { checkRegistries } from "../discovery/service-registry.ts";
import { requireRoleForExec } from "../exec/execute-command-rules.ts";
import { refusePlacement, requireRunnable, resolvePlatform } from "../fargate.ts";
import { checkNetwork } from "../network-configuration.ts";
import { checkDeploymentConfiguration, checkRebalancing } from "../service/configuration.ts";
import { withoutStartTrouble } from "../service/count-failures.ts";
import { withNewDeployment } from "../service/deployment.ts";
import { findService, saveService } from "../service/find.ts";
import { publishChanges } from "../service/rollout.ts";
import { withoutCondition } from "../service/say.ts";
import { beginServiceDeployment } from "../service/service-deployments.ts";
import { primaryOf, type ServiceRecord } from "../service/service-record.ts";
import { changedSettings } from "../service/service-settings.ts";
import { serviceView } from "../service/service-view.ts";
import { requireTraffic } from "../service/staged-configuration.ts";
import { updateExternalService } from "../service/task-sets/external-service.ts";
import type { ClusterRecord, TaskDefinitionRecord } from "../store.ts";
import { requireInfrastructureRole } from "../roles.ts";
import { refuseUnsupported } from "../supported.ts";
import { findTaskDefinition } from "../task-definition/find.ts";
import { findActiveDefinition } from "../definition-to-run.ts";
import { configuredVolume } from "../volume-configuration.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
export function updateService(ecs: Ecs) {
  return async (input: UpdateServiceRequest, { scope }: RequestContext): Promise<UpdateServiceResponse> => {
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const service = await ecs.transaction(async () => {
      const found = await findService(ecs, scope, cluster, input.service!);
      const definition = await definitionToRun(ecs, scope, input.taskDefinition);
      if (found.status !== "ACTIVE") throw serviceNotActive();
      if (found.deploymentController === "EXTERNAL") return await updateExternalService(ecs, found, input);
      checkRequest(input);
      if (input.enableExecuteCommand)
        requireRoleForExec(
          true,
          "The service couldn't be updated",
          definition?.definition ?? (await definitionOf(ecs, scope, primaryOf(found).taskDefinition)),
        );
      const set = withSettings(found, input);
      const changed = await withNewVersion(ecs, cluster, set, input, definition);
      requireTraffic(changed.strategy, primaryOf(changed));
      const stored = changed === set ? set : await beginServiceDeployment(ecs, found, changed);
      await saveService(ecs, stored);
      await publishChanges(ecs, found, stored);
      return stored;
    });
    failpoint("ecs.deployment-recorded");
    return { service: await serviceView(ecs, service, { tags: false }) };
  };
}

/** The revision that the service is to run, when one is asked for. @throws AwsError */
async function definitionToRun(
  ecs: Ecs,
  scope: Scope,
  reference: string | undefined,
): Promise<TaskDefinitionRecord | undefined> {
  if (!reference) return undefined;
  const found = await findActiveDefinition(ecs, scope, reference);
  requireRunnable(found.definition);
  return found;
}

/** What is asked for and cannot be. @throws AwsError InvalidParameterException */
function checkRequest(input: UpdateServiceRequest): void {
  if (input.deploymentController && input.deploymentController.type !== "ECS")
    throw notSupportedYet(`deploymentController ${input.deploymentController.type}`);
  refusePlacement(input);
  refuseUnsupported(input, [
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "cluster",
    "deploymentConfiguration",
    "deploymentController",
    "desiredCount",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "forceNewDeployment",
    "healthCheckGracePeriodSeconds",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "service",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "taskDefinition",
    "volumeConfigurations",
  ]);
}

/** What changes without a new deployment. */
function withSettings(service: ServiceRecord, input: UpdateServiceRequest): ServiceRecord {
  const primary = primaryOf(service);
  const deploying = checkDeploymentConfiguration(input.deploymentConfiguration, service);
  const rebalancing = checkRebalancing(input.availabilityZoneRebalancing, deploying.maximumPercent, service);
  const settings = changedSettings(input, service);
  const settled = settings.desiredCount === service.desiredCount ? service : withoutCondition(service, "steady");
  return {
    // What hindered its tasks from starting is tried, and said, afresh.
    ...withoutStartTrouble(settled),
    ...deploying,
    ...settings,
    rebalancing,
    platformVersion: input.platformVersion ?? service.platformVersion,
    // An update takes the brakes off: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
    deployments: service.deployments.map((one) =>
      one.id === primary.id ? { ...one, startFailures: 0, nextStartAt: 0 } : one,
    ),
  };
}

/** A new deployment when what it rolls out changes, or when it is asked for. */
async function withNewVersion(
  ecs: Ecs,
  cluster: ClusterRecord,
  service: ServiceRecord,
  input: UpdateServiceRequest,
  definition: TaskDefinitionRecord | undefined,
): Promise<ServiceRecord> {
  const primary = primaryOf(service);
  const taskDefinition = definition?.definition.taskDefinitionArn ?? primary.taskDefinition;
  const platformVersion =
    input.platformVersion === undefined ? primary.platformVersion : resolvePlatform(input.platformVersion);
  const network = input.networkConfiguration
    ? (await checkNetwork(ecs, service.scope, input.networkConfiguration)).network
    : primary.network;
  const strategy = strategyToUse(cluster, primary.strategy, input);
  const registries = input.serviceRegistries ?? (primary.registry ? [primary.registry.registry] : []);
  const connect = input.serviceConnectConfiguration ?? primary.serviceConnect?.configuration;
  const unchanged =
    isDeepStrictEqual(input.volumeConfigurations ?? primary.volumeConfigurations, primary.volumeConfigurations) &&
    taskDefinition === primary.taskDefinition &&
    platformVersion === primary.platformVersion &&
    JSON.stringify(network) === JSON.stringify(primary.network) &&
    isDeepStrictEqual(registries, primary.registry ? [primary.registry.registry] : []) &&
    isUnchanged(input.serviceConnectConfiguration, primary.serviceConnect);
  if (unchanged && !input.forceNewDeployment) return service;
  // Ports are looked up anew, and the aliases of the namespace are those of now: by this, tasks learn of later ones.
  const rolledOut = definition?.definition ?? (await definitionOf(ecs, service.scope, taskDefinition));
  const registry = await checkRegistries(ecs, service.scope, registries, rolledOut);
  // A revision without such a volume has no use for the configuration of the one before.
  const isConfigured = rolledOut.volumes?.some(({ configuredAtLaunch }) => configuredAtLaunch);
  const volumeConfigurations = input.volumeConfigurations ?? (isConfigured ? primary.volumeConfigurations : undefined);
  await requireInfrastructureRole(ecs, service.scope, configuredVolume(rolledOut, volumeConfigurations));
  const serviceConnect = await deployServiceConnect(ecs, cluster, service, connect, rolledOut);
  return withNewDeployment(
    service,
    { taskDefinition, platformVersion, strategy, network, registry, serviceConnect, volumeConfigurations },
    ecs.ids,
    new Date(ecs.clock.now()),
  );
}

/** The strategy that is asked for, where one is: an empty one means the launch type. @throws AwsError InvalidParameterException */
function strategyToUse(
  cluster: ClusterRecord,
  before: StrategyItem[] | undefined,
  { capacityProviderStrategy: asked, forceNewDeployment }: UpdateServiceRequest,
): StrategyItem[] | undefined {
  if (!asked) return before;
  const strategy = asked.length ? checkStrategy(asked, cluster) : undefined;
  if (!forceNewDeployment && !isDeepStrictEqual(strategy, before))
    throw invalidParameter(
      "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.",
    );
  return strategy;
}

/** Whether a configuration, when one is given, is what the deployment has. */
function isUnchanged(
  given: ServiceConnectConfiguration | undefined,
  deployed: DeploymentServiceConnect | undefined,
): boolean {
  if (!given) return true;
  if (!given.enabled || !deployed) return given.enabled === (deployed !== undefined);
  return isDeepStrictEqual(
    { ...given, namespace: given.namespace || deployed.configuration.namespace },
    deployed.configuration,
  );
}

/** The definition that a service runs; one that was deregistered still can be. */
async function definitionOf(ecs: Ecs, scope: Scope, arn: string): Promise<TaskDefinition> {
  const found = await findTaskDefinition(ecs, scope, arn);
  if (!found) throw taskDefinitionNotFound();
  return found.definition;
}
