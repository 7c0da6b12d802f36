import type { Clock } from "../../base/clock.ts";

export interface RateLimitOptions {
  perSecond: number;
  burst: number;
  clock: Pick<Clock, "monotonic">;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was right, milliseconds of the monotonic clock. */
  at: number;
}

/** Token buckets by key. One that is full again is forgotten. */
export class RateLimit {
  private readonly options: RateLimitOptions;
  private readonly buckets = new Map<string, Bucket>();
  private forgetAt = 256;

  constructor(options: RateLimitOptions) {
    this.options = options;
  }

  /** Whether one more is allowed now. */
  take(key: string): boolean {
    const at = this.options.clock.monotonic();
    const tokens = this.tokensAt(this.buckets.get(key), at);
    if (tokens < 1) return false;
    this.buckets.set(key, { tokens: tokens - 1, at });
    if (this.buckets.size > this.forgetAt) this.forgetFull(at);
    return true;
  }

  private tokensAt(bucket: Bucket | undefined, at: number): number {
    const { perSecond, burst } = this.options;
    return bucket ? Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * perSecond) : burst;
  }

  private forgetFull(at: number): void {
    for (const [key, bucket] of this.buckets)
      if (this.tokensAt(bucket, at) >= this.options.burst) this.buckets.delete(key);
    this.forgetAt = Math.max(256, 2 * this.buckets.size);
  }
}
