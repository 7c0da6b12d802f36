import { failpoint } from "../../../base/failpoint.ts";
import { withNewDeployment } from "./deployment.ts";
import { NO_CANDIDATE, type DeploymentFailure } from "./failure.ts";
import type { Rollout } from "./rollout.ts";
import { say, type Teller } from "./say.ts";
import { isOver, type ServiceDeploymentRecord } from "./service-deployment-record.ts";
import { withEnd } from "./service-deployments.ts";
import { hasStages } from "./staged-deployment.ts";
import { takeBackStages } from "./staged-rollback.ts";
import { primaryOf, revisionOf, withDeployment, type ServiceRecord } from "./service-record.ts";

/** The primary deployment failed: it starts nothing more, and what ran before goes on. */
export function withFailedPrimary(
  teller: Teller,
  service: ServiceRecord,
  failure: Pick<DeploymentFailure, "event" | "rolloutReason">,
): ServiceRecord {
  const primary = primaryOf(service);
  const failed = withDeployment(service, {
    ...primary,
    rolloutState: "FAILED",
    rolloutStateReason: failure.rolloutReason,
    updatedAt: new Date(teller.clock.now()),
  });
  return say(teller, failed, `(deployment ${primary.id}) deployment failed: ${failure.event}`);
}

/**
 * Fails the primary deployment for good, without a rollback: its service deployment is STOPPED.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
 */
export function stopDeployment(teller: Teller, { service, deployment }: Rollout, failure: DeploymentFailure): Rollout {
  const reason = `Service deployment stopped because ${failure.cause}`;
  return {
    service: withFailedPrimary(teller, service, failure),
    deployment: end(teller, deployment, "STOPPED", reason),
  };
}

/**
 * Fails the primary deployment and rolls out again what was completed last, as a new primary deployment of that old
 * revision; it belongs to the same service deployment. When there is nothing to go back to, or when the one that fails is a
 * rollback itself, the service deployment is ROLLBACK_FAILED.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function rollBack(teller: Teller, { service, deployment }: Rollout, failure: DeploymentFailure): Rollout {
  const failed = withFailedPrimary(teller, service, failure);
  if (deployment && hasStages(deployment))
    return takeBackStages(
      teller,
      { service: failed, deployment },
      `Service deployment rolled back because ${failure.cause}`,
    );
  const { isRollback } = primaryOf(service);
  const target = service.lastCompleted;
  if (isRollback || !target) {
    const reason = isRollback ? `Service deployment rollback failed because ${failure.cause}` : NO_CANDIDATE;
    return { service: failed, deployment: end(teller, deployment, "ROLLBACK_FAILED", reason) };
  }
  const now = new Date(teller.clock.now());
  const revision = revisionOf(target);
  const back = withNewDeployment(
    failed,
    { ...target, revision, isRollback: true },
    teller.ids,
    now,
    failure.rollbackReason,
  );
  const primary = primaryOf(back);
  const reason = `Service deployment rolled back because ${failure.cause}`;
  failpoint("ecs.deployment-rollback-begun");
  return {
    service: say(teller, back, `rolling back to deployment ${primary.id}.`),
    deployment: deployment && {
      ...deployment,
      status: "ROLLBACK_IN_PROGRESS",
      statusReason: reason,
      rollback: { reason, startedAt: now, revision },
      deploymentIds: [...deployment.deploymentIds, primary.id],
      updatedAt: now,
    },
  };
}

function end(
  teller: Teller,
  deployment: ServiceDeploymentRecord | undefined,
  status: "STOPPED" | "ROLLBACK_FAILED",
  reason: string,
): ServiceDeploymentRecord | undefined {
  if (!deployment || isOver(deployment)) return deployment;
  return withEnd(deployment, status, new Date(teller.clock.now()), reason);
}
