import { noSuchKey, notModified, preconditionFailed } from "./errors.ts";
import type { ObjectRecord } from "./store.ts";

export interface ReadConditions {
  IfMatch?: string;
  IfNoneMatch?: string;
  IfModifiedSince?: Date;
  IfUnmodifiedSince?: Date;
}

type Described = Pick<ObjectRecord, "etag" | "lastModified">;

/**
 * Checks the conditions of a read in the order of RFC 9110.
 * @throws AwsError `PreconditionFailed`, `NotModified`
 */
export function checkRead(object: Described, conditions: ReadConditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, object)) throw preconditionFailed("If-Match");
  } else if (IfUnmodifiedSince && seconds(object.lastModified) > seconds(IfUnmodifiedSince))
    throw preconditionFailed("If-Unmodified-Since");
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, object)) throw notModified();
  } else if (IfModifiedSince && seconds(object.lastModified) <= seconds(IfModifiedSince)) throw notModified();
}

/**
 * Checks the conditions of a write against the object that it replaces.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws AwsError `PreconditionFailed`, `NoSuchKey`
 */
export function checkWrite(
  key: string,
  current: Described | undefined,
  { IfMatch, IfNoneMatch }: Pick<ReadConditions, "IfMatch" | "IfNoneMatch">,
): void {
  if (IfNoneMatch !== undefined && current && matches(IfNoneMatch, current)) throw preconditionFailed("If-None-Match");
  if (IfMatch === undefined) return;
  if (!current) throw noSuchKey(key);
  if (!matches(IfMatch, current)) throw preconditionFailed("If-Match");
}

/**
 * Checks the conditions that a copy puts on its source: unlike a read's, none of them answers 304.
 * @throws AwsError `PreconditionFailed`
 */
export function checkCopySource(
  source: Described,
  input: {
    CopySourceIfMatch?: string;
    CopySourceIfNoneMatch?: string;
    CopySourceIfModifiedSince?: Date;
    CopySourceIfUnmodifiedSince?: Date;
  },
): void {
  const { CopySourceIfMatch, CopySourceIfNoneMatch, CopySourceIfModifiedSince, CopySourceIfUnmodifiedSince } = input;
  if (CopySourceIfMatch !== undefined) {
    if (!matches(CopySourceIfMatch, source)) throw preconditionFailed("x-amz-copy-source-If-Match");
  } else if (CopySourceIfUnmodifiedSince && seconds(source.lastModified) > seconds(CopySourceIfUnmodifiedSince))
    throw preconditionFailed("x-amz-copy-source-If-Unmodified-Since");
  if (CopySourceIfNoneMatch !== undefined) {
    if (matches(CopySourceIfNoneMatch, source)) throw preconditionFailed("x-amz-copy-source-If-None-Match");
  } else if (CopySourceIfModifiedSince && seconds(source.lastModified) <= seconds(CopySourceIfModifiedSince))
    throw preconditionFailed("x-amz-copy-source-If-Modified-Since");
}

/** A list of entity tags, with or without quotation marks, or `*`. */
function matches(header: string, { etag }: Described): boolean {
  const plain = etag.replaceAll('"', "");
  return header.split(",").some((one) => ["*", plain].includes(one.trim().replace(/^W\//, "").replaceAll('"', "")));
}

/** Headers tell times in whole seconds. */
function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
