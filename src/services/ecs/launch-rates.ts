import type { Clock } from "../../base/clock.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import { TokenBuckets } from "../../base/token-buckets.ts";

/** Of on-demand tasks and of Spot tasks, each; https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html */
const LAUNCHES = { burst: 100, perSecond: 20 };

/** What a list of launches may have of Fargate's rate now. */
export interface GrantedLaunches {
  /** How many of them, from the first on: their tokens are taken. */
  granted: number;
  /** Milliseconds until the first that is left out may be asked for again; 0 when none is. */
  retryAfterMs: number;
}

/**
 * How fast Fargate starts the tasks of an account in a Region. Both functions take the capacity provider of each task that
 * is to be launched; one without is on demand.
 */
export interface LaunchRates {
  /** Takes the tokens of all, or of none. @returns whether they were there */
  takeAll(scope: Scope, capacityProviders: readonly (string | undefined)[]): boolean;
  /** Takes the tokens of as many as there are, in their order. */
  take(scope: Scope, capacityProviders: readonly (string | undefined)[]): GrantedLaunches;
}

export const unlimitedLaunches: LaunchRates = {
  takeAll: () => true,
  take: (_scope, capacityProviders) => ({ granted: capacityProviders.length, retryAfterMs: 0 }),
};

/** The rates that AWS publishes. */
export class FargateLaunchRates implements LaunchRates {
  private readonly buckets: TokenBuckets;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.buckets = new TokenBuckets(clock);
  }

  takeAll(scope: Scope, capacityProviders: readonly (string | undefined)[]): boolean {
    const counts = new Map<string, number>();
    for (const provider of capacityProviders) {
      const key = bucketKey(scope, provider);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [key, count] of counts) if (this.buckets.available(key, LAUNCHES) < count) return false;
    for (const [key, count] of counts) this.buckets.take(key, LAUNCHES, count);
    return true;
  }

  take(scope: Scope, capacityProviders: readonly (string | undefined)[]): GrantedLaunches {
    for (const [granted, provider] of capacityProviders.entries()) {
      const key = bucketKey(scope, provider);
      if (!this.buckets.take(key, LAUNCHES)) return { granted, retryAfterMs: this.buckets.waitMs(key, LAUNCHES) };
    }
    return { granted: capacityProviders.length, retryAfterMs: 0 };
  }
}

function bucketKey(scope: Scope, capacityProvider: string | undefined): string {
  return `${scopeKey(scope)} ${capacityProvider === "FARGATE_SPOT" ? "spot" : "on demand"}`;
}
