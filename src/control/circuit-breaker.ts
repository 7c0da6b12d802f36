/** When a circuit breaker trips: COUNT failures, or a share of the desired count. */
export interface BreakerThreshold {
  type: "COUNT" | "BOUNDED_PERCENT" | "UNBOUNDED_PERCENT";
  value: number;
}

/** What holds unless told. */
export const DEFAULT_BREAKER_THRESHOLD: BreakerThreshold = { type: "BOUNDED_PERCENT", value: 50 };

const LEAST = 3;
const MOST = 200;

/**
 * How many failures trip a circuit breaker.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html
 * @param desiredCount as it is now: it may change while a deployment goes on
 */
export function circuitBreakerThreshold(
  desiredCount: number,
  { type, value }: BreakerThreshold = DEFAULT_BREAKER_THRESHOLD,
): number {
  if (type === "COUNT") return value;
  const share = Math.ceil((desiredCount * value) / 100);
  // Without any bound a service of no tasks would have failed before one did.
  return type === "UNBOUNDED_PERCENT" ? Math.max(1, share) : Math.min(MOST, Math.max(LEAST, share));
}
