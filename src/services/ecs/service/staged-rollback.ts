import { failpoint } from "../../../base/failpoint.ts";
import { beginRollback } from "../../../control/deployment-rollback.ts";
import { UNBEGUN } from "../../../control/deployment-stages.ts";
import { NO_CANDIDATE } from "./failure.ts";
import { say, type Teller } from "./say.ts";
import { withEnd } from "./service-deployments.ts";
import { isOver, type ServiceDeploymentRecord } from "./service-deployment-record.ts";
import { revisionOf, type ServiceRecord } from "./service-record.ts";
import { sourceOf, targetId, withLifecycle } from "./staged-deployment.ts";
import { hasManagedTraffic } from "./traffic.ts";

/** A service whose service deployment goes by stages. */
export interface Staged {
  service: ServiceRecord;
  deployment: ServiceDeploymentRecord;
}

/** Whether traffic of either revision is managed. */
export function managesTraffic({ service, deployment }: Staged): boolean {
  const source = sourceOf(service, deployment);
  const target = service.deployments.find(({ id }) => id === targetId(deployment));
  return [source, target].some((one) => one !== undefined && hasManagedTraffic(one));
}

/**
 * Begins to lead a deployment with stages back: its source, whose tasks run on, becomes the primary deployment again.
 * Without one the service deployment is ROLLBACK_FAILED, and what is there stays.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 * @param found whose target has failed
 * @param reason "Service deployment rolled back because …"
 */
export function takeBackStages(teller: Teller, found: Staged, reason: string): Staged {
  const { service, deployment } = found;
  if (isOver(deployment)) return found;
  const now = new Date(teller.clock.now());
  const source = sourceOf(service, deployment);
  const lifecycle = deployment.lifecycle ?? UNBEGUN;
  if (!source) return { service, deployment: withEnd(deployment, "ROLLBACK_FAILED", now, `${reason} ${NO_CANDIDATE}`) };
  const others = service.deployments.filter(({ id }) => id !== source.id);
  const isManaged = managesTraffic(found);
  failpoint("ecs.deployment-rollback-begun");
  return {
    service: say(
      teller,
      {
        ...service,
        deployments: [
          { ...source, status: "PRIMARY", updatedAt: now },
          ...others.map((one) => ({ ...one, status: "ACTIVE" as const, updatedAt: now })),
        ],
      },
      `rolling back to deployment ${source.id}.`,
    ),
    deployment: {
      ...withLifecycle(deployment, beginRollback(lifecycle, isManaged, now.getTime()), source, isManaged, now),
      status: "ROLLBACK_IN_PROGRESS",
      statusReason: reason,
      rollback: { reason, startedAt: now, revision: revisionOf(source) },
      updatedAt: now,
    },
  };
}
