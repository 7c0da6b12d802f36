import type { Scope } from "../../base/scope.ts";
import { findOwnBucket } from "./buckets.ts";
import { invalidArgument } from "./errors.ts";
import { checkVersion } from "./object-headers.ts";
import type { S3 } from "./s3.ts";

/** The members of a copy that say what is copied, and when. */
export const SOURCE_MEMBERS = [
  "CopySource",
  "CopySourceIfMatch",
  "CopySourceIfNoneMatch",
  "CopySourceIfModifiedSince",
  "CopySourceIfUnmodifiedSince",
  "ExpectedSourceBucketOwner",
] as const;

/** Bucket and key of a copy's source, as far as it can be read: what cannot is refused by {@link copySource}. */
export function namedSource(source = ""): { Bucket: string; Key: string } | undefined {
  try {
    const [, path = ""] = /^(.*?)(?:\?versionId=.*)?$/s.exec(source)!;
    const [, Bucket, Key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path, source)) ?? [];
    return Bucket === undefined || Key === undefined ? undefined : { Bucket, Key };
  } catch {
    return undefined;
  }
}

/**
 * Bucket and key of a copy's source: `bucket/key` or `/bucket/key`, percent-encoded, with the version behind it. It may
 * be in another Region.
 * @throws AwsError
 */
export async function copySource(
  s3: S3,
  scope: Scope,
  { CopySource: source = "", ExpectedSourceBucketOwner }: { CopySource?: string; ExpectedSourceBucketOwner?: string },
): Promise<{ bucket: string; key: string }> {
  const [, path = "", versionId] = /^(.*?)(?:\?versionId=(.*))?$/s.exec(source)!;
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path, source));
  if (!match)
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      source,
    );
  checkVersion(versionId);
  const [, bucket, key] = match as unknown as [string, string, string];
  await findOwnBucket(s3, scope.account, { Bucket: bucket, ExpectedBucketOwner: ExpectedSourceBucketOwner });
  return { bucket, key };
}

function decoded(path: string, source: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidArgument("Invalid copy source encoding", "x-amz-copy-source", source);
  }
}
