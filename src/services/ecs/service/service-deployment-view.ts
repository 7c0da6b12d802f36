import type { ServiceDeployment, ServiceDeploymentBrief, ServiceRevisionSummary } from "@aws-sdk/client-ecs";
import { revisionArn, serviceDeploymentArn } from "./deployment-arns.ts";
import { isOver, type RevisionCounts, type ServiceDeploymentRecord } from "./service-deployment-record.ts";
import { countsByRevision, withCounts } from "./service-deployments.ts";
import type { ServiceRecord } from "./service-record.ts";
import { lifecycleView, weightsView } from "./staged-view.ts";
import type { TaskCounts } from "./task-counts.ts";

/** As ListServiceDeployments shows it. */
export function serviceDeploymentBrief(deployment: ServiceDeploymentRecord): ServiceDeploymentBrief {
  return { ...common(deployment), targetServiceRevisionArn: revisionArn(deployment, deployment.target.revision) };
}

/** What both ways to show it have. */
function common(deployment: ServiceDeploymentRecord) {
  return {
    serviceDeploymentArn: serviceDeploymentArn(deployment, deployment.id),
    serviceArn: deployment.serviceArn,
    clusterArn: deployment.clusterArn,
    createdAt: deployment.createdAt,
    startedAt: deployment.startedAt,
    finishedAt: deployment.finishedAt,
    status: deployment.status,
    statusReason: deployment.statusReason,
  };
}

/**
 * As DescribeServiceDeployments shows it: while it goes on, with the tasks of now.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
 * @param service and its tasks by deployment; none when it is gone
 */
export function serviceDeploymentView(
  deployment: ServiceDeploymentRecord,
  service: ServiceRecord | undefined,
  counts: ReadonlyMap<string, TaskCounts>,
): ServiceDeployment {
  const { rollback, alarms, lifecycle } = deployment;
  const { target, sources } =
    service && !isOver(deployment) ? withCounts(deployment, countsByRevision(service, counts)) : deployment;
  const summary = ({ revision, ...tasks }: RevisionCounts, whose: "target" | "source"): ServiceRevisionSummary => ({
    arn: revisionArn(deployment, revision),
    ...tasks,
    ...weightsView(lifecycle, whose),
  });
  return {
    ...common(deployment),
    stoppedAt: deployment.stoppedAt,
    updatedAt: deployment.updatedAt,
    ...(sources.length ? { sourceServiceRevisions: sources.map((source) => summary(source, "source")) } : {}),
    targetServiceRevision: summary(target, "target"),
    ...(deployment.bakingSince !== undefined && deployment.status === "IN_PROGRESS"
      ? { lifecycleStage: "BAKE_TIME", lifecycleHookDetails: [] }
      : lifecycleView(lifecycle)),
    deploymentConfiguration: deployment.configuration,
    ...(rollback
      ? {
          rollback: {
            reason: rollback.reason,
            startedAt: rollback.startedAt,
            serviceRevisionArn: revisionArn(deployment, rollback.revision),
          },
        }
      : {}),
    deploymentCircuitBreaker: deployment.breaker,
    alarms: alarms
      ? { status: alarms.status, alarmNames: alarms.alarmNames, triggeredAlarmNames: alarms.triggered }
      : { status: "DISABLED" },
  };
}
