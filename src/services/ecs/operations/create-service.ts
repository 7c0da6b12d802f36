import type { CreateServiceRequest, CreateServiceResponse } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { clusterToUse } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { clientError, invalidParameter, notSupportedYet } from "../errors.ts";
import { requireFargate, resolvePlatform } from "../fargate.ts";
import { checkNetwork } from "../network-configuration.ts";
import { checkDeploymentConfiguration, DEFAULT_DEPLOYMENT_CONFIGURATION } from "../service/configuration.ts";
import { withNewDeployment } from "../service/deployment.ts";
import type { ServiceRecord } from "../service/service-record.ts";
import { serviceView } from "../service/service-view.ts";
import { refuseUnsupported } from "../supported.ts";
import { checkTags } from "../tags.ts";
import { findTaskDefinition } from "../task-definition/find.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export function createService(ecs: Ecs) {
  return async (input: CreateServiceRequest, { scope, principal }: RequestContext): Promise<CreateServiceResponse> => {
    refuseUnsupported(input, [
      "cluster",
      "serviceName",
      "taskDefinition",
      "desiredCount",
      "clientToken",
      "launchType",
      "platformVersion",
      "deploymentConfiguration",
      "networkConfiguration",
      "healthCheckGracePeriodSeconds",
      "schedulingStrategy",
      "deploymentController",
      "tags",
      "enableECSManagedTags",
      "propagateTags",
      "availabilityZoneRebalancing",
    ]);
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(input.serviceName ?? ""))
      throw invalidParameter("Service name contains invalid characters. Up to 255 letters (uppercase and lowercase), numbers, underscores, and hyphens are allowed.");
    if (input.schedulingStrategy === "DAEMON") throw invalidParameter("The daemon scheduling strategy is not supported on Fargate.");
    if (input.deploymentController && input.deploymentController.type !== "ECS")
      throw notSupportedYet(`deploymentController ${input.deploymentController.type}`);
    if (input.availabilityZoneRebalancing === "ENABLED") throw notSupportedYet("availabilityZoneRebalancing");
    if (!input.taskDefinition) throw invalidParameter("TaskDefinition can not be blank.");
    const desiredCount = input.desiredCount ?? 0;
    if (desiredCount < 0) throw invalidParameter("desiredCount must not be negative.");
    const cluster = await clusterToUse(ecs, scope, input.cluster);
    const found = await findTaskDefinition(ecs, scope, input.taskDefinition);
    if (!found) throw clientError("TaskDefinition not found.");
    if (found.definition.status !== "ACTIVE") throw clientError("TaskDefinition is inactive");
    requireFargate(input.launchType, found.definition);
    const platformVersion = resolvePlatform(input.platformVersion);
    const { network } = await checkNetwork(ecs, scope, input.networkConfiguration);
    const now = new Date(ecs.clock.now());
    const bare: ServiceRecord = {
      scope,
      serviceName: input.serviceName!,
      serviceArn: formatArn("ecs", scope, `service/${cluster.clusterName}/${input.serviceName}`),
      clusterName: cluster.clusterName,
      clusterArn: cluster.clusterArn,
      status: "ACTIVE",
      desiredCount,
      platformVersion: input.platformVersion ?? "LATEST",
      ...checkDeploymentConfiguration(input.deploymentConfiguration, DEFAULT_DEPLOYMENT_CONFIGURATION),
      healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds ?? 0,
      deployments: [],
      events: [],
      steady: false,
      tags: checkTags(input.tags),
      propagateTags: input.propagateTags ?? "NONE",
      enableECSManagedTags: input.enableECSManagedTags ?? false,
      ...(input.clientToken === undefined ? {} : { clientToken: input.clientToken }),
      createdAt: now,
      createdBy: principal.arn,
    };
    const service = await ecs.transaction(async () => {
      const id = `${cluster.clusterName}/${bare.serviceName}`;
      const earlier = await ecs.store.services.get(scopeKey(scope), id);
      if (earlier?.status === "DRAINING") throw invalidParameter("Unable to Start a service that is still Draining.");
      if (earlier?.status === "ACTIVE") {
        if (!sameService(earlier, bare, found.definition.taskDefinitionArn)) throw invalidParameter("Creation of service was not idempotent.");
        return earlier;
      }
      const made = withNewDeployment(
        bare,
        { taskDefinition: found.definition.taskDefinitionArn, platformVersion, network },
        ecs.ids,
        now,
      );
      await ecs.store.services.put(scopeKey(scope), id, made);
      return made;
    });
    return { service: await serviceView(ecs, service, { tags: true }) };
  };
}

/** Whether a repeated CreateService asks for what is there already. */
function sameService(earlier: ServiceRecord, asked: ServiceRecord, taskDefinitionArn: string): boolean {
  const shape = (service: ServiceRecord, taskDefinition: string | undefined) =>
    JSON.stringify([
      service.desiredCount,
      service.platformVersion,
      service.minimumHealthyPercent,
      service.maximumPercent,
      service.circuitBreaker,
      service.healthCheckGracePeriodSeconds,
      service.clientToken,
      taskDefinition,
    ]);
  const current = earlier.deployments.find((deployment) => deployment.status === "PRIMARY");
  return shape(earlier, current?.taskDefinition) === shape(asked, taskDefinitionArn);
}
