import type { Deployment, Service, ServiceCurrentRevisionSummary } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import type { Ecs } from "../ecs.ts";
import { DEFAULT_BREAKER_THRESHOLD } from "./configuration.ts";
import { groupOf, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";

interface Counts {
  pending: number;
  running: number;
}

/** Counts of a service's tasks per deployment, read from the tasks themselves. */
async function countTasks(ecs: Ecs, service: ServiceRecord): Promise<Map<string, Counts>> {
  const rows = await ecs.engine.tasks.countByDeployment(
    service.scope,
    service.clusterArn,
    groupOf(service.serviceName),
  );
  const counts = new Map<string, Counts>();
  for (const row of rows) {
    const deployment = String(row.started_by);
    const entry = counts.get(deployment) ?? { pending: 0, running: 0 };
    const status = String(row.last_status);
    if (status === "RUNNING") entry.running += row.count;
    else if (row.desired_status === "RUNNING" && ["PROVISIONING", "PENDING", "ACTIVATING"].includes(status))
      entry.pending += row.count;
    counts.set(deployment, entry);
  }
  return counts;
}

/** A launch type or a strategy, never both. */
function whereItRuns(
  version: Pick<DeploymentRecord, "strategy"> | undefined,
): Pick<Deployment, "launchType" | "capacityProviderStrategy"> {
  return version?.strategy ? { capacityProviderStrategy: version.strategy } : { launchType: "FARGATE" };
}

function deploymentView(service: ServiceRecord, deployment: DeploymentRecord, counts: Counts): Deployment {
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.taskDefinition,
    desiredCount: deployment.status === "PRIMARY" ? service.desiredCount : 0,
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

/** Each deployment runs one revision of the service, which has the deployment's number. */
function revisionView(
  service: ServiceRecord,
  deployment: DeploymentRecord,
  counts: Counts,
): ServiceCurrentRevisionSummary {
  const number = deployment.id.slice("ecs-svc/".length);
  return {
    arn: formatArn("ecs", service.scope, `service-revision/${service.clusterName}/${service.serviceName}/${number}`),
    requestedTaskCount: deployment.status === "PRIMARY" ? service.desiredCount : 0,
    runningTaskCount: counts.running,
    pendingTaskCount: counts.pending,
  };
}

/** The service as the API shows it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
export async function serviceView(ecs: Ecs, service: ServiceRecord, include: { tags: boolean }): Promise<Service> {
  const counts = await countTasks(ecs, service);
  const none: Counts = { pending: 0, running: 0 };
  const all = [...counts.values()];
  // An INACTIVE service has no deployment left; it still says what it ran.
  const current = service.deployments.find((deployment) => deployment.status === "PRIMARY") ?? service.lastCompleted;
  return {
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
    deploymentConfiguration: {
      deploymentCircuitBreaker: { ...service.circuitBreaker, ...DEFAULT_BREAKER_THRESHOLD },
      maximumPercent: service.maximumPercent,
      minimumHealthyPercent: service.minimumHealthyPercent,
      strategy: "ROLLING",
      bakeTimeInMinutes: 0,
    },
    deployments: service.deployments.map((deployment) =>
      deploymentView(service, deployment, counts.get(deployment.id) ?? none),
    ),
    roleArn: `arn:aws:iam::${service.scope.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events,
    createdAt: service.createdAt,
    currentServiceRevisions: service.deployments.map((deployment) =>
      revisionView(service, deployment, counts.get(deployment.id) ?? none),
    ),
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
    availabilityZoneRebalancing: "DISABLED",
    resourceManagementType: "CUSTOMER",
    ...(include.tags ? { tags: service.tags } : {}),
  };
}
