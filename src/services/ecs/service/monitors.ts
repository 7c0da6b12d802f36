import { failpoint } from "../../../base/failpoint.ts";
import type { Ecs } from "../ecs.ts";
import { breakerThreshold, isBreakerTripped } from "./circuit-breaker.ts";
import { judgeAlarms } from "./deployment-alarms.ts";
import { ALARM_DETECTED, BREAKER_TRIPPED, STOPPED_BY_USER } from "./failure.ts";
import { rollBack, stopDeployment } from "./rollback.ts";
import type { Rollout } from "./rollout.ts";
import { isOver, type ServiceDeploymentRecord } from "./service-deployment-record.ts";
import { primaryOf, type ServiceRecord } from "./service-record.ts";

/** What they need. */
export type MonitorParts = Pick<Ecs, "clock" | "ids" | "alarms">;

/**
 * What ends a deployment before it is completed: its user, the circuit breaker, an alarm. It is rolled back, or fails and
 * stays.
 */
export async function withMonitors(ecs: MonitorParts, found: Rollout): Promise<Rollout> {
  const asked = withRequest(ecs, found);
  if (asked !== found) return asked;
  return await withAlarms(ecs, withBreaker(ecs, found));
}

/** What StopServiceDeployment has asked for. */
function withRequest(ecs: MonitorParts, rollout: Rollout): Rollout {
  switch (rollout.deployment?.status) {
    case "ROLLBACK_REQUESTED":
      return rollBack(ecs, rollout, STOPPED_BY_USER);
    case "STOP_REQUESTED":
      return stopDeployment(ecs, rollout, STOPPED_BY_USER);
    default:
      return rollout;
  }
}

function withBreaker(ecs: MonitorParts, { service, deployment }: Rollout): Rollout {
  const tripped = isBreakerTripped(service);
  const seen: Rollout = { service, deployment: deployment && withBreakerSeen(ecs, service, deployment, tripped) };
  if (!tripped) return seen;
  failpoint("ecs.deployment-breaker-tripped");
  // A rollback that trips it has failed as a rollback, whoever began it.
  return service.circuitBreaker.rollback || primaryOf(service).isRollback
    ? rollBack(ecs, seen, BREAKER_TRIPPED)
    : stopDeployment(ecs, seen, BREAKER_TRIPPED);
}

/** How the circuit breaker stands, while the service deployment goes on; a rollback does not hide why it was begun. */
export function withBreakerSeen(
  { clock }: MonitorParts,
  service: ServiceRecord,
  deployment: ServiceDeploymentRecord,
  tripped: boolean,
): ServiceDeploymentRecord {
  const { breaker } = deployment;
  if (isOver(deployment) || breaker.status === "TRIGGERED") return deployment;
  const status = !service.circuitBreaker.enable ? "DISABLED" : tripped ? "TRIGGERED" : "MONITORING";
  const failureCount = primaryOf(service).failedTasks;
  const threshold = breakerThreshold(service);
  if (breaker.status === status && breaker.failureCount === failureCount && breaker.threshold === threshold)
    return deployment;
  return { ...deployment, breaker: { status, failureCount, threshold }, updatedAt: new Date(clock.now()) };
}

async function withAlarms(ecs: MonitorParts, rollout: Rollout): Promise<Rollout> {
  const { service, deployment } = rollout;
  if (deployment?.status !== "IN_PROGRESS" || deployment.alarms?.status !== "MONITORING") return rollout;
  const states = await ecs.alarms.states(service.scope, deployment.alarms.alarmNames);
  const alarms = judgeAlarms(deployment.alarms, states);
  if (alarms === deployment.alarms) return rollout;
  const seen: Rollout = { service, deployment: { ...deployment, alarms, updatedAt: new Date(ecs.clock.now()) } };
  if (alarms.status !== "TRIGGERED") return seen;
  failpoint("ecs.deployment-alarm-detected");
  return deployment.configuration.alarms?.rollback
    ? rollBack(ecs, seen, ALARM_DETECTED)
    : stopDeployment(ecs, seen, ALARM_DETECTED);
}
