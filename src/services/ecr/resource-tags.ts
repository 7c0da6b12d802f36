import type { Tag } from "@aws-sdk/client-ecr";
import { invalidTag, tooManyTags } from "./errors.ts";

const MAX_TAGS = 50;

/**
 * Adds tags to a repository's tags.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html
 * @throws AwsError `InvalidTagParameterException`, `TooManyTagsException`
 */
export function withTags(present: Record<string, string>, added: readonly Tag[]): Record<string, string> {
  for (const { Key: key = "", Value: value = "" } of added)
    if (!key || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) throw invalidTag(key);
  const tags = { ...present, ...Object.fromEntries(added.map(({ Key, Value }) => [Key, Value])) };
  if (Object.keys(tags).length > MAX_TAGS) throw tooManyTags(MAX_TAGS);
  return tags;
}
