import type { Tag } from "@aws-sdk/client-servicediscovery";
import { invalidInput, tooManyTags } from "./errors.ts";

const MAX_TAGS = 50;

/**
 * Tags with others added or replaced.
 * @throws AwsError InvalidInput for AWS's own keys, TooManyTagsException
 */
export function withTags(tags: readonly Tag[], more: readonly Tag[], arn: string): Tag[] {
  if (more.some(({ Key }) => Key!.toLowerCase().startsWith("aws:")))
    throw invalidInput("aws: prefixed tag key names are not allowed for external use.");
  const all = new Map([...tags, ...more].map(({ Key, Value }) => [Key!, { Key, Value }]));
  if (all.size > MAX_TAGS) throw tooManyTags(arn);
  return [...all.values()];
}

export function withoutTags(tags: readonly Tag[], keys: readonly string[]): Tag[] {
  return tags.filter(({ Key }) => !keys.includes(Key!));
}
