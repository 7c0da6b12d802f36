import type { Ecs } from "../ecs.ts";
import { LATE_MS, lastFailedStart, withEndedTasks } from "./failures.ts";
import { sayWhile, TROUBLESHOOTING, withoutCondition } from "./say.ts";
import { primaryOf, withDeployment, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";

/** So many starts in a row that failed are told. */
export const IMPAIRED_AFTER = 3;

/**
 * Counts the tasks of a deployment that ended since the last look, and says what hinders it.
 * @param primary the primary deployment, unless told
 */
export async function withFailures(
  ecs: Ecs,
  service: ServiceRecord,
  primary: DeploymentRecord = primaryOf(service),
): Promise<ServiceRecord> {
  const stopped = await ecs.engine.tasks.list(service.scope, {
    where: { started_by: primary.id, last_status: "STOPPED" },
    from: { stopped_at: primary.countedUntil - LATE_MS },
  });
  const counted = withEndedTasks(primary, stopped);
  if (counted === primary) return service;
  let next = withDeployment(service, counted);
  if (counted.startFailures === 0) next = withoutStartTrouble(next);
  if (counted.startFailures > primary.startFailures) {
    const last = lastFailedStart(stopped);
    if (last) next = sayWhile(ecs, next, "failing", `was unable to place a task. Reason: ${last.stoppedReason}.`);
  }
  if (counted.startFailures >= IMPAIRED_AFTER)
    next = sayWhile(ecs, next, "impaired", `is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`);
  return next;
}

/** Tasks start again, or are to be started afresh: what hindered them is said anew should it return. */
export function withoutStartTrouble(service: ServiceRecord): ServiceRecord {
  return withoutCondition(withoutCondition(service, "failing"), "impaired");
}
