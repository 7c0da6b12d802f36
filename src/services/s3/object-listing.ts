import type { _Object as ObjectSummary } from "@aws-sdk/client-s3";
import type { ChecksumAlgorithm } from "../../base/checksum.ts";
import { invalidArgument } from "./errors.ts";
import { listPage, type ListRequest } from "./listing.ts";
import type { S3 } from "./s3.ts";
import type { ObjectRecord } from "./store.ts";

const MAX_PAGE = 1000;

/** One page of a bucket's objects. */
export async function objectsPage(
  s3: S3,
  bucket: string,
  request: ListRequest,
): Promise<{ objects: ObjectRecord[]; prefixes: string[]; next: string | undefined }> {
  const { entries, next } = await listPage<ObjectRecord>(
    (after, limit) => s3.records.objects.list(bucket, { after, limit }),
    (key) => s3.records.objects.get(bucket, key),
    ({ key }) => key,
    request,
  );
  return {
    objects: entries.flatMap((entry) => ("item" in entry ? [entry.item] : [])),
    prefixes: entries.flatMap((entry) => ("prefix" in entry ? [entry.prefix] : [])),
    next,
  };
}

/**
 * How long a page may be.
 * @throws AwsError `InvalidArgument`
 */
export function pageSize(asked: number | undefined): number {
  if (asked === undefined) return MAX_PAGE;
  if (asked < 0 || asked > 2 ** 31 - 1)
    throw invalidArgument("Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys", String(asked));
  return Math.min(asked, MAX_PAGE);
}

/** A key as the answer carries it: XML cannot carry every character, so clients ask for percent-encoding. */
export function shownKey(key: string, encoding: string | undefined): string {
  if (encoding !== "url") return key;
  return encodeURIComponent(key.toWellFormed())
    .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");
}

/** An object as listings show it. @param shown how its key is written */
export function summarize(object: ObjectRecord, shown: (key: string) => string): ObjectSummary {
  const algorithms = Object.keys(object.checksums) as ChecksumAlgorithm[];
  return {
    Key: shown(object.key),
    LastModified: object.lastModified,
    ETag: object.etag,
    Size: object.size,
    ...(algorithms.length ? { ChecksumAlgorithm: algorithms, ChecksumType: object.checksumType } : {}),
    StorageClass: "STANDARD",
  };
}
