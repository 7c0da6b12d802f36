import type { AuthorizedResource, ConditionValues } from "../../identity/authorization.ts";
import type { AuthorizationContext } from "../../wire/authorization.ts";
import { conditions, tagValues } from "../../wire/checks.ts";
import { noSuchBucket } from "./errors.ts";
import { isPublicBucketPolicy } from "./public-bucket.ts";
import type { S3 } from "./s3.ts";
import type { BucketRecord } from "./store.ts";

/** How a request names an object. */
export interface ObjectName {
  Bucket?: string | undefined;
  Key?: string | undefined;
}

/** A bucket as policies see it. @throws AwsError `NoSuchBucket` */
export async function bucketResource(s3: S3, name: string, context: AuthorizationContext): Promise<AuthorizedResource> {
  const bucket = await s3.buckets.find(name);
  if (!bucket) throw noSuchBucket(name);
  const { principal } = context;
  const isOwn = principal.type !== "Anonymous" && principal.accountId === bucket.account;
  return {
    arn: `arn:aws:s3:::${name}`,
    account: bucket.account,
    policy: () => policyFor(bucket, isOwn),
    conditions: { "s3:ResourceAccount": bucket.account, ...signatureKeys(context) },
  };
}

/** An object as policies see it, or the place of one; its tags are `s3:ExistingObjectTag/…`. @throws AwsError `NoSuchBucket` */
export async function objectResource(
  s3: S3,
  { Bucket = "", Key = "" }: ObjectName,
  context: AuthorizationContext,
): Promise<AuthorizedResource> {
  const bucket = await bucketResource(s3, Bucket, context);
  const tags = async () => tagValues((await s3.records.objects.get(Bucket, Key))?.tags);
  return { ...bucket, arn: `${bucket.arn}/${Key}`, tags };
}

/** A public policy is none to strangers where `RestrictPublicBuckets` is on. */
function policyFor({ policy, publicAccessBlock }: BucketRecord, isOwn: boolean): string | undefined {
  if (policy === undefined || isOwn || !publicAccessBlock?.RestrictPublicBuckets) return policy;
  return isPublicBucketPolicy(policy) ? undefined : policy;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html */
export function signatureKeys({ signature, caller }: AuthorizationContext): ConditionValues {
  if (!signature || caller.principal.type === "Anonymous") return {};
  const { presignedAt, payload } = signature;
  return conditions({
    "s3:authType": presignedAt === undefined ? "REST-HEADER" : "REST-QUERY-STRING",
    "s3:signatureversion": "AWS4-HMAC-SHA256",
    "s3:signatureAge": presignedAt === undefined ? undefined : Math.max(0, caller.at - presignedAt),
    "s3:x-amz-content-sha256": payload,
  });
}
