import type { CreateServiceRequest, CreateServiceResponse } from "@aws-sdk/client-ecs";
import { failpoint } from "../../../base/failpoint.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { clusterToUse } from "../clusters.ts";
import { findActiveDefinition } from "../definition-to-run.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter, notSupportedYet } from "../errors.ts";
import { deployServiceConnect } from "../discovery/service-connect.ts";
import { checkRegistries } from "../discovery/service-registry.ts";
import { requireRoleForExec } from "../exec/execute-command-rules.ts";
import { requireFargate, resolvePlatform } from "../fargate.ts";
import { checkNetwork, requireNetwork } from "../network-configuration.ts";
import {
  checkDeploymentConfiguration,
  checkRebalancing,
  DEFAULT_DEPLOYMENT_CONFIGURATION,
} from "../service/configuration.ts";
import { withNewDeployment } from "../service/deployment.ts";
import { saveService } from "../service/find.ts";
import { publishChanges } from "../service/rollout.ts";
import { beginServiceDeployment } from "../service/service-deployments.ts";
import type { ServiceRecord } from "../service/service-record.ts";
import { newService, repeatedService } from "../service/service-settings.ts";
import { serviceView } from "../service/service-view.ts";
import { requireTraffic } from "../service/staged-configuration.ts";
import { createExternalService } from "../service/task-sets/external-service.ts";
import { requireInfrastructureRole } from "../roles.ts";
import { refuseUnsupported } from "../supported.ts";
import { configuredVolume } from "../volume-configuration.ts";

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export function createService(ecs: Ecs) {
  return async (input: CreateServiceRequest, { scope, principal }: RequestContext): Promise<CreateServiceResponse> => {
    const cluster = await clusterToUse(ecs, scope, input.cluster);
    const serviceName = input.serviceName ?? "";
    if (!NAME.test(serviceName))
      throw invalidParameter(`ServiceName must match ^[a-zA-Z0-9\\\\-_]{1,255}$, but was ${serviceName}`);
    const named = { ...input, serviceName };
    if (input.deploymentController?.type === "EXTERNAL") {
      const external = await createExternalService(ecs, cluster, named, { scope, principal });
      return { service: await serviceView(ecs, external, { tags: external.tags.length > 0 }) };
    }
    if (!input.taskDefinition) throw invalidParameter("TaskDefinition can not be blank.");
    const found = await findActiveDefinition(ecs, scope, input.taskDefinition);
    if (found.definition.networkMode === "awsvpc") requireNetwork(input.networkConfiguration);
    checkRequest(input);
    const deploying = checkDeploymentConfiguration(input.deploymentConfiguration, DEFAULT_DEPLOYMENT_CONFIGURATION);
    const rebalancing = checkRebalancing(input.availabilityZoneRebalancing, deploying.maximumPercent);
    const bare = newService(ecs, cluster, named, { scope, principal }, { ...deploying, rebalancing });
    const strategy = requireFargate(
      input,
      cluster,
      found.definition,
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
    requireRoleForExec(input.enableExecuteCommand, "The service couldn't be created", found.definition);
    const platformVersion = resolvePlatform(input.platformVersion);
    const { network } = await checkNetwork(ecs, scope, input.networkConfiguration);
    const service = await ecs.transaction(async () => {
      const id = `${cluster.clusterName}/${serviceName}`;
      const earlier = await ecs.store.services.get(scopeKey(scope), id);
      const { definition } = found;
      const registry = await checkRegistries(ecs, scope, input.serviceRegistries, definition);
      const { volumeConfigurations } = input;
      await requireInfrastructureRole(ecs, scope, configuredVolume(definition, volumeConfigurations));
      const before = { ...bare, deployments: earlier?.deployments ?? [] };
      const serviceConnect = await deployServiceConnect(
        ecs,
        cluster,
        before,
        input.serviceConnectConfiguration,
        definition,
      );
      requireTraffic(deploying.strategy, serviceConnect ? { serviceConnect } : {});
      const wanted = withNewDeployment(
        bare,
        {
          taskDefinition: definition.taskDefinitionArn,
          platformVersion,
          strategy,
          network,
          registry,
          serviceConnect,
          volumeConfigurations,
        },
        ecs.ids,
        bare.createdAt,
      );
      const repeated = repeatedService(earlier, wanted, (one) => shapeOf(one, earlier));
      if (repeated) return repeated;
      const stored = await beginServiceDeployment(ecs, undefined, wanted);
      await saveService(ecs, stored);
      await publishChanges(ecs, undefined, stored);
      return stored;
    });
    failpoint("ecs.deployment-recorded");
    return { service: await serviceView(ecs, service, { tags: service.tags.length > 0 }) };
  };
}

/** What is asked for and cannot be. @throws AwsError InvalidParameterException */
function checkRequest(input: CreateServiceRequest): void {
  if (input.schedulingStrategy === "DAEMON")
    throw invalidParameter(
      input.desiredCount === undefined
        ? "The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again"
        : "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again",
    );
  if (input.desiredCount === undefined) throw invalidParameter("DesiredCount is missing");
  // Whatever has awsvpc network mode acts by the service-linked role.
  if (input.role)
    throw invalidParameter("You cannot specify an IAM role for services that require a service linked role.");
  if (input.deploymentController && input.deploymentController.type !== "ECS")
    throw notSupportedYet(`deploymentController ${input.deploymentController.type}`);
  refuseUnsupported(input, [
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "clientToken",
    "cluster",
    "deploymentConfiguration",
    "deploymentController",
    "desiredCount",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "launchType",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "schedulingStrategy",
    "serviceConnectConfiguration",
    "serviceName",
    "serviceRegistries",
    "tags",
    "taskDefinition",
    "volumeConfigurations",
  ]);
}

/** What a CreateService must ask for again to repeat the one before: all but its tags. */
function shapeOf(service: ServiceRecord, earlier: ServiceRecord | undefined): unknown[] {
  const primary = service.deployments.find((deployment) => deployment.status === "PRIMARY");
  return [
    service.desiredCount,
    service.platformVersion,
    service.minimumHealthyPercent,
    service.maximumPercent,
    service.circuitBreaker,
    service.alarms,
    service.bakeTimeInMinutes,
    service.earlySuccess,
    service.strategy,
    service.linear,
    service.canary,
    service.lifecycleHooks,
    // Earlier releases had none.
    earlier?.rebalancing === undefined || service.rebalancing,
    service.healthCheckGracePeriodSeconds,
    service.enableECSManagedTags,
    service.enableExecuteCommand ?? false,
    service.propagateTags,
    primary?.taskDefinition,
    primary?.network,
    primary?.registry,
    primary?.serviceConnect?.configuration,
    primary?.volumeConfigurations,
    primary?.strategy,
  ];
}
