import type { Tag } from "@aws-sdk/client-secrets-manager";
import { invalidParameter, invalidRequest } from "./errors.ts";

const MAX_TAGS = 50;

/**
 * Tags with others added or replaced.
 * @throws AwsError InvalidParameterException, InvalidRequestException for more than 50
 */
export function withTags(tags: readonly Tag[], more: readonly Tag[]): Tag[] {
  for (const { Key } of more) {
    if (Key === undefined) throw invalidParameter("A tag must have a Key.");
    if (/^aws:/i.test(Key)) throw invalidParameter("Tag keys can't begin with the reserved prefix aws:.");
  }
  const all = new Map([...tags, ...more].map(({ Key, Value = "" }) => [Key, { Key, Value }]));
  if (all.size > MAX_TAGS) throw invalidRequest(`A secret can't have more than ${MAX_TAGS} tags.`);
  return [...all.values()];
}
