import { circuitBreakerThreshold } from "../../../control/circuit-breaker.ts";
import { primaryOf, type ServiceRecord } from "./service-record.ts";

/** How many failures trip a service's circuit breaker, with its desired count as it is now. */
export function breakerThreshold(service: Pick<ServiceRecord, "desiredCount" | "circuitBreaker">): number {
  return circuitBreakerThreshold(service.desiredCount, service.circuitBreaker.threshold);
}

/**
 * Whether too many tasks of the primary deployment, which goes on, have failed.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function isBreakerTripped(service: ServiceRecord): boolean {
  const { failedTasks, rolloutState } = primaryOf(service);
  return service.circuitBreaker.enable && rolloutState === "IN_PROGRESS" && failedTasks >= breakerThreshold(service);
}
