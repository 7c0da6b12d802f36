import type { Clock } from "./clock.ts";

/** How many tokens a bucket holds, and how many come back each second. */
export interface BucketSize {
  burst: number;
  perSecond: number;
}

interface Bucket {
  size: BucketSize;
  tokens: number;
  /** When `tokens` was right, milliseconds of the monotonic clock. */
  at: number;
}

const FORGET_AT = 256;

/** Token buckets by key: full at first, filled up all the time. One that is full again is forgotten. */
export class TokenBuckets {
  private readonly clock: Pick<Clock, "monotonic">;
  private readonly buckets = new Map<string, Bucket>();
  private forgetAt = FORGET_AT;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.clock = clock;
  }

  /** How many whole tokens there are now. */
  available(key: string, size: BucketSize): number {
    return Math.floor(this.tokensAt(this.clock.monotonic(), key, size));
  }

  /** Takes `count` tokens, or none when there are fewer. @returns whether they were there */
  take(key: string, size: BucketSize, count = 1): boolean {
    const at = this.clock.monotonic();
    const tokens = this.tokensAt(at, key, size);
    if (tokens < count) return false;
    this.buckets.set(key, { size, tokens: tokens - count, at });
    if (this.buckets.size > this.forgetAt) this.forgetFull(at);
    return true;
  }

  /** Milliseconds until there is a whole token. */
  waitMs(key: string, size: BucketSize): number {
    const missing = 1 - this.tokensAt(this.clock.monotonic(), key, size);
    return Math.max(0, Math.ceil((missing / size.perSecond) * 1000));
  }

  private tokensAt(at: number, key: string, size: BucketSize): number {
    const bucket = this.buckets.get(key);
    return bucket ? Math.min(size.burst, bucket.tokens + ((at - bucket.at) / 1000) * size.perSecond) : size.burst;
  }

  private forgetFull(at: number): void {
    for (const [key, { size }] of this.buckets)
      if (this.tokensAt(at, key, size) >= size.burst) this.buckets.delete(key);
    this.forgetAt = Math.max(FORGET_AT, 2 * this.buckets.size);
  }
}
