const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A step of the life of data: for how long it is kept in a resolution, both in seconds. */
export interface Tier {
  resolution: number;
  keptSeconds: number;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention */
export const TIERS: readonly Tier[] = [
  { resolution: 1, keptSeconds: 3 * HOUR },
  { resolution: MINUTE, keptSeconds: 15 * DAY },
  { resolution: 5 * MINUTE, keptSeconds: 63 * DAY },
  { resolution: HOUR, keptSeconds: 455 * DAY },
];

/** From when on there is data for a period of so many seconds: seconds since 1970. */
export function oldestFor(periodSeconds: number, nowSeconds: number): number {
  const tier = TIERS.findLast(({ resolution }) => periodSeconds % resolution === 0) ?? TIERS[0]!;
  return nowSeconds - tier.keptSeconds;
}

/** Where the first period of a request begins: the time, rounded down as AWS does. All in seconds. */
export function roundedStart(startSeconds: number, periodSeconds: number, nowSeconds: number): number {
  const age = nowSeconds - startSeconds;
  const step = age > 63 * DAY ? HOUR : age > 15 * DAY ? 5 * MINUTE : periodSeconds < MINUTE ? periodSeconds : MINUTE;
  return Math.floor(startSeconds / step) * step;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html */
export function isPeriod(seconds: number): boolean {
  return [1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % MINUTE === 0);
}
