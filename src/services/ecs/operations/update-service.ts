import type { UpdateServiceRequest, UpdateServiceResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { activeCluster } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { clientError, invalidParameter, notSupportedYet, serviceNotActive } from "../errors.ts";
import { requireFargate, resolvePlatform } from "../fargate.ts";
import { checkNetwork } from "../network-configuration.ts";
import { checkDeploymentConfiguration } from "../service/configuration.ts";
import { withNewDeployment } from "../service/deployment.ts";
import { findService } from "../service/find.ts";
import { primaryOf, type ServiceRecord } from "../service/service-record.ts";
import { serviceView } from "../service/service-view.ts";
import { refuseUnsupported } from "../supported.ts";
import { findTaskDefinition } from "../task-definition/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
export function updateService(ecs: Ecs) {
  return async (input: UpdateServiceRequest, { scope }: RequestContext): Promise<UpdateServiceResponse> => {
    refuseUnsupported(input, [
      "cluster",
      "service",
      "desiredCount",
      "taskDefinition",
      "deploymentConfiguration",
      "networkConfiguration",
      "platformVersion",
      "forceNewDeployment",
      "healthCheckGracePeriodSeconds",
      "enableECSManagedTags",
      "propagateTags",
      "deploymentController",
      "availabilityZoneRebalancing",
    ]);
    if (input.deploymentController && input.deploymentController.type !== "ECS")
      throw notSupportedYet(`deploymentController ${input.deploymentController.type}`);
    if (input.availabilityZoneRebalancing === "ENABLED") throw notSupportedYet("availabilityZoneRebalancing");
    if ((input.desiredCount ?? 0) < 0) throw invalidParameter("desiredCount must not be negative.");
    const cluster = await activeCluster(ecs, scope, input.cluster);
    const service = await ecs.transaction(async () => {
      const found = await findService(ecs, scope, cluster, input.service!);
      if (found.status !== "ACTIVE") throw serviceNotActive();
      const changed = await withNewVersion(ecs, withSettings(found, input), input);
      await ecs.store.services.put(scopeKey(scope), `${cluster.clusterName}/${found.serviceName}`, changed);
      return changed;
    });
    return { service: await serviceView(ecs, service, { tags: true }) };
  };
}

/** What changes without a new deployment. */
function withSettings(service: ServiceRecord, input: UpdateServiceRequest): ServiceRecord {
  const primary = primaryOf(service);
  const desiredCount = input.desiredCount ?? service.desiredCount;
  return {
    ...service,
    ...checkDeploymentConfiguration(input.deploymentConfiguration, service),
    desiredCount,
    steady: service.steady && desiredCount === service.desiredCount,
    healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds,
    enableECSManagedTags: input.enableECSManagedTags ?? service.enableECSManagedTags,
    propagateTags: input.propagateTags ?? service.propagateTags,
    platformVersion: input.platformVersion ?? service.platformVersion,
    // An update takes the brakes off: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
    deployments: service.deployments.map((one) => (one.id === primary.id ? { ...one, startFailures: 0, nextStartAt: 0 } : one)),
  };
}

/** A new deployment when the definition, the network or the platform changes, or when it is asked for. */
async function withNewVersion(ecs: Ecs, service: ServiceRecord, input: UpdateServiceRequest): Promise<ServiceRecord> {
  const primary = primaryOf(service);
  const found = input.taskDefinition === undefined ? undefined : await findTaskDefinition(ecs, service.scope, input.taskDefinition);
  if (input.taskDefinition !== undefined) {
    if (!found) throw clientError("TaskDefinition not found.");
    if (found.definition.status !== "ACTIVE") throw clientError("TaskDefinition is inactive");
    requireFargate("FARGATE", found.definition);
  }
  const taskDefinition = found?.definition.taskDefinitionArn ?? primary.taskDefinition;
  const platformVersion = input.platformVersion === undefined ? primary.platformVersion : resolvePlatform(input.platformVersion);
  const network = input.networkConfiguration
    ? (await checkNetwork(ecs, service.scope, input.networkConfiguration)).network
    : primary.network;
  const unchanged =
    taskDefinition === primary.taskDefinition &&
    platformVersion === primary.platformVersion &&
    JSON.stringify(network) === JSON.stringify(primary.network);
  if (unchanged && !input.forceNewDeployment) return service;
  return withNewDeployment(service, { taskDefinition, platformVersion, network }, ecs.ids, new Date(ecs.clock.now()));
}
