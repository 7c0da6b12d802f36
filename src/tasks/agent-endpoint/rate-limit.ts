import type { Clock } from "../../base/clock.ts";
import { TokenBuckets, type BucketSize } from "../../base/token-buckets.ts";

export interface RateLimitOptions extends BucketSize {
  clock: Pick<Clock, "monotonic">;
}

/** Token buckets of one size, by key. */
export class RateLimit {
  private readonly size: BucketSize;
  private readonly buckets: TokenBuckets;

  constructor({ clock, ...size }: RateLimitOptions) {
    this.size = size;
    this.buckets = new TokenBuckets(clock);
  }

  /** Whether one more is allowed now. */
  take(key: string): boolean {
    return this.buckets.take(key, this.size);
  }
}
