import { hash } from "node:crypto";
import type { Grant, Owner } from "@aws-sdk/client-s3";
import { ANYWHERE, type Scope } from "../../base/scope.ts";
import { accessDenied, noSuchBucket, wrongRegion } from "./errors.ts";
import type { S3 } from "./s3.ts";
import { GLOBAL, type BucketRecord } from "./store.ts";

export interface BucketInput {
  Bucket?: string;
  ExpectedBucketOwner?: string;
}

/**
 * The bucket of a request. It belongs to the caller's account and is in the Region that the request was signed for, if it
 * was signed.
 * @throws AwsError `NoSuchBucket`, `AccessDenied`, `AuthorizationHeaderMalformed`
 */
export async function findBucket(s3: S3, scope: Scope, input: BucketInput): Promise<BucketRecord> {
  const bucket = await findOwnBucket(s3, scope.account, input);
  if (bucket.region !== scope.region && scope.region !== ANYWHERE) throw wrongRegion(scope.region, bucket.region);
  return bucket;
}

/** As {@link findBucket}, in any Region. */
export async function findOwnBucket(s3: S3, account: string, input: BucketInput): Promise<BucketRecord> {
  const name = input.Bucket!;
  const bucket = await s3.records.buckets.get(GLOBAL, name);
  if (!bucket) throw noSuchBucket(name);
  if (bucket.account !== account) throw accessDenied();
  if (input.ExpectedBucketOwner !== undefined && input.ExpectedBucketOwner !== bucket.account) throw accessDenied();
  return bucket;
}

/** Changes a bucket's record. @throws AwsError as {@link findBucket} */
export async function changeBucket(
  s3: S3,
  scope: Scope,
  input: BucketInput,
  change: (bucket: BucketRecord) => BucketRecord,
): Promise<void> {
  const { name } = await findBucket(s3, scope, input);
  if (!(await s3.records.buckets.update(GLOBAL, name, change))) throw noSuchBucket(name);
}

/** An account as S3 names it: 64 hexadecimal digits. */
export function ownerOf(account: string): Owner {
  return { ID: hash("sha256", `s3-canonical-user:${account}`) };
}

/** What an access control list says where there are none: all is the owner's. */
export function fullControl(account: string): { Owner: Owner; Grants: Grant[] } {
  const owner = ownerOf(account);
  return { Owner: owner, Grants: [{ Grantee: { ...owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }] };
}
