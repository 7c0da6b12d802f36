import type { Deployment, Service, ServiceCurrentRevisionSummary } from "@aws-sdk/client-ecs";
import type { Ecs } from "../ecs.ts";
import { deploymentConfigurationView } from "./configuration-view.ts";
import { revisionArn, serviceDeploymentArn } from "./deployment-arns.ts";
import { isOver } from "./service-deployment-record.ts";
import { countsByRevision, currentServiceDeployment } from "./service-deployments.ts";
import { externalServiceView } from "./task-sets/external-service-view.ts";
import { requestedCount, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";
import { countTasks, NO_TASKS, type TaskCounts } from "./task-counts.ts";

/** A launch type or a strategy, never both. */
function whereItRuns(
  version: Pick<DeploymentRecord, "strategy"> | undefined,
): Pick<Deployment, "launchType" | "capacityProviderStrategy"> {
  return version?.strategy ? { capacityProviderStrategy: version.strategy } : { launchType: "FARGATE" };
}

function deploymentView(service: ServiceRecord, deployment: DeploymentRecord, counts: TaskCounts): Deployment {
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.taskDefinition,
    desiredCount: requestedCount(service, deployment),
    pendingCount: counts.pending,
    runningCount: counts.running,
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    ...whereItRuns(deployment),
    platformVersion: deployment.platformVersion,
    platformFamily: "Linux",
    networkConfiguration: { awsvpcConfiguration: deployment.network },
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    ...(deployment.volumeConfigurations ? { volumeConfigurations: deployment.volumeConfigurations } : {}),
    ...(deployment.serviceConnect
      ? {
          serviceConnectConfiguration: deployment.serviceConnect.configuration,
          serviceConnectResources: deployment.serviceConnect.ports.map(({ discoveryName, discoveryArn }) => ({
            discoveryName,
            discoveryArn,
          })),
        }
      : {}),
  };
}

/** What the service runs, revision by revision. */
function revisionsView(
  service: ServiceRecord,
  counts: ReadonlyMap<string, TaskCounts>,
): ServiceCurrentRevisionSummary[] {
  const all = [...countsByRevision(service, counts).values()];
  return all.map(({ revision, ...more }) => ({ arn: revisionArn(service, revision), ...more }));
}

/** The service as the API shows it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
export async function serviceView(ecs: Ecs, service: ServiceRecord, include: { tags: boolean }): Promise<Service> {
  const counts = await countTasks(ecs, service);
  const all = [...counts.values()];
  const latest = await currentServiceDeployment(ecs, service);
  // An INACTIVE service has no deployment left; it still says what it ran.
  const current = service.deployments.find((deployment) => deployment.status === "PRIMARY") ?? service.lastCompleted;
  const view: Service = {
    serviceArn: service.serviceArn,
    serviceName: service.serviceName,
    clusterArn: service.clusterArn,
    loadBalancers: [],
    serviceRegistries: current?.registry ? [current.registry.registry] : [],
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: all.reduce((sum, one) => sum + one.running, 0),
    pendingCount: all.reduce((sum, one) => sum + one.pending, 0),
    ...whereItRuns(current),
    platformVersion: service.platformVersion,
    platformFamily: "Linux",
    ...(current ? { taskDefinition: current.taskDefinition } : {}),
    deploymentConfiguration: deploymentConfigurationView(service),
    deployments: service.deployments.map((deployment) =>
      deploymentView(service, deployment, counts.get(deployment.id) ?? NO_TASKS),
    ),
    roleArn: `arn:aws:iam::${service.scope.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events,
    createdAt: service.createdAt,
    ...(latest && !isOver(latest) ? { currentServiceDeployment: serviceDeploymentArn(service, latest.id) } : {}),
    currentServiceRevisions: revisionsView(service, counts),
    placementConstraints: [],
    placementStrategy: [],
    ...(current ? { networkConfiguration: { awsvpcConfiguration: current.network } } : {}),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: "REPLICA",
    deploymentController: { type: "ECS" },
    createdBy: service.createdBy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand ?? false,
    availabilityZoneRebalancing: service.rebalancing ? "ENABLED" : "DISABLED",
    resourceManagementType: "CUSTOMER",
    ...(include.tags ? { tags: service.tags } : {}),
  };
  return service.deploymentController === "EXTERNAL" ? await externalServiceView(ecs, service, view, counts) : view;
}
