import { circuitBreakerThreshold } from "../../../control/service-plan.ts";
import { withNewDeployment } from "./deployment.ts";
import { say, type Teller } from "./say.ts";
import { primaryOf, withDeployment, type ServiceRecord } from "./service-record.ts";

/**
 * Trips the circuit breaker when too many tasks of the deployment failed in a row, and rolls back when asked to. A
 * rollback that fails, too, stays FAILED: there is nothing to go back to.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function withCircuitBreaker(teller: Teller, service: ServiceRecord): ServiceRecord {
  const primary = primaryOf(service);
  const { enable, rollback } = service.circuitBreaker;
  if (!enable || primary.rolloutState !== "IN_PROGRESS") return service;
  if (primary.failedTasks < circuitBreakerThreshold(service.desiredCount)) return service;
  const now = new Date(teller.clock.now());
  const failed = withDeployment(service, {
    ...primary,
    rolloutState: "FAILED",
    rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
    updatedAt: now,
  });
  const said = say(teller, failed, `(deployment ${primary.id}) deployment failed: tasks failed to start.`);
  const target = service.lastCompleted;
  if (!rollback || !target || primary.isRollback) return said;
  const back = withNewDeployment(
    said,
    target,
    teller.ids,
    now,
    (id) => `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
  );
  const marked = withDeployment(back, { ...primaryOf(back), isRollback: true });
  return say(teller, marked, `rolling back to deployment ${primaryOf(marked).id}.`);
}
