import type { Clock } from "../base/clock.ts";
import { AwsError } from "../base/errors.ts";
import { scopeKey, type Scope } from "../base/scope.ts";
import { TokenBuckets, type BucketSize } from "../base/token-buckets.ts";
import type { Protocol } from "./protocol.ts";

/** A bucket that calls of some operations share, in each account and Region. */
export interface RequestBucket extends BucketSize {
  /** Among the service's buckets. */
  name: string;
}

/** The buckets that a call of an operation takes a token from, each. */
export type RequestBuckets = (operation: string) => readonly RequestBucket[];

/** What is known of a service whose requests are counted. */
interface Throttled {
  name: string;
  throttling?: RequestBuckets;
}

/** Counts the requests of each account and Region against what its services allow. */
export class Throttle {
  private readonly buckets: TokenBuckets;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.buckets = new TokenBuckets(clock);
  }

  /** Counts one call of an operation. @throws AwsError when it is one too many */
  count({ name, throttling }: Throttled, protocol: Protocol, operation: string, scope: Scope): void {
    if (!throttling) return;
    const wanted = throttling(operation).map((bucket) => ({
      bucket,
      key: `${scopeKey(scope)} ${name} ${bucket.name}`,
    }));
    if (wanted.some(({ bucket, key }) => this.buckets.available(key, bucket) < 1)) throw requestThrottled(protocol);
    for (const { bucket, key } of wanted) this.buckets.take(key, bucket);
  }
}

/** Too many requests, as clients of that protocol know it: they wait, and try again. */
function requestThrottled(protocol: Protocol): AwsError {
  if (protocol === "ec2Query") return new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
  return new AwsError(protocol === "awsQuery" ? "Throttling" : "ThrottlingException", "Rate exceeded", 400);
}
