import type { Ecs } from "../ecs.ts";
import { LATE_MS, lastFailedStart, withEndedTasks } from "./failures.ts";
import { sayWhile, TROUBLESHOOTING, withoutCondition } from "./say.ts";
import { primaryOf, withDeployment, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";

/** So many starts in a row that failed are told. */
const IMPAIRED_AFTER = 3;

/** A service, and one of its deployments or what is kept like one. */
interface Counted {
  service: ServiceRecord;
  deployment: DeploymentRecord;
}

/**
 * Counts the tasks of a deployment that ended since the last look, and says what hinders it.
 * @param taskSetId whose deployment it is, in a service with task sets
 * @returns the same deployment when none has ended
 */
export async function countFailures(ecs: Ecs, { service, deployment }: Counted, taskSetId?: string): Promise<Counted> {
  const stopped = await ecs.engine.tasks.list(service.scope, {
    where: { started_by: deployment.id, last_status: "STOPPED" },
    from: { stopped_at: deployment.countedUntil - LATE_MS },
  });
  const counted = withEndedTasks(deployment, stopped);
  if (counted === deployment) return { service, deployment };
  let next = counted.startFailures === 0 ? withoutStartTrouble(service, taskSetId) : service;
  const last = lastFailedStart(stopped);
  if (last && counted.startFailures > deployment.startFailures)
    next = sayWhile(ecs, next, "failing", `was unable to place a task. Reason: ${last.stoppedReason}.`, taskSetId);
  if (counted.startFailures >= IMPAIRED_AFTER)
    next = sayWhile(
      ecs,
      next,
      "impaired",
      `is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`,
      taskSetId,
    );
  return { service: next, deployment: counted };
}

/** As {@link countFailures}, of a deployment that the service itself has: of the primary one, unless told. */
export async function withFailures(
  ecs: Ecs,
  service: ServiceRecord,
  deployment: DeploymentRecord = primaryOf(service),
): Promise<ServiceRecord> {
  const counted = await countFailures(ecs, { service, deployment });
  return counted.deployment === deployment ? service : withDeployment(counted.service, counted.deployment);
}

/** Tasks start again, or are to be started afresh: what hindered them is said anew should it return. */
export function withoutStartTrouble(service: ServiceRecord, taskSetId?: string): ServiceRecord {
  return withoutCondition(withoutCondition(service, "failing", taskSetId), "impaired", taskSetId);
}
