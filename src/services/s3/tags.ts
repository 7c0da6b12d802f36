import type { Tag } from "@aws-sdk/client-s3";
import { invalidArgument, invalidTag } from "./errors.ts";

/** Letters, digits, spaces and some signs of all scripts. */
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
export const MAX_OBJECT_TAGS = 10;
export const MAX_BUCKET_TAGS = 50;

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 * @throws AwsError `InvalidTag`, `BadRequest`
 */
export function checkTags(tags: readonly Tag[], max: number): Tag[] {
  const kind = max === MAX_OBJECT_TAGS ? "Object" : "Bucket";
  if (tags.length > max) throw invalidTag(`${kind} tags cannot be greater than ${max}`);
  const keys = new Set<string>();
  for (const { Key = "", Value = "" } of tags) {
    if (!Key || [...Key].length > 128 || !TEXT.test(Key)) throw invalidTag("The TagKey you have provided is invalid");
    if ([...Value].length > 256 || !TEXT.test(Value)) throw invalidTag("The TagValue you have provided is invalid");
    if (Key.startsWith("aws:")) throw invalidTag("System tags cannot be added/updated by requester");
    if (keys.has(Key)) throw invalidTag("Cannot provide multiple Tags with the same key");
    keys.add(Key);
  }
  return tags.map(({ Key, Value = "" }) => ({ Key, Value }));
}

/**
 * The tags of an `x-amz-tagging` header: pairs as in a URL's query.
 * @throws AwsError `InvalidTag`, `InvalidArgument`
 */
export function parseTagging(header: string | undefined): Tag[] {
  if (!header) return [];
  let tags: Tag[];
  try {
    decodeURIComponent(header);
    tags = [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }));
  } catch {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      "x-amz-tagging",
      header,
    );
  }
  return checkTags(tags, MAX_OBJECT_TAGS);
}
