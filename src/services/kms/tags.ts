import type { Tag } from "@aws-sdk/client-kms";
import { tagError } from "./errors.ts";

const MAX_TAGS = 50;

/** @throws AwsError TagException */
export function readTags(tags: readonly Tag[]): Record<string, string> {
  for (const { TagKey } of tags) if (/^aws:/i.test(TagKey!)) throw tagError("Tags beginning with aws: are reserved");
  const read = Object.fromEntries(tags.map(({ TagKey, TagValue }) => [TagKey!, TagValue!]));
  if (Object.keys(read).length < tags.length) throw tagError("Duplicate tag keys");
  return requireFewTags(read);
}

/** @throws AwsError TagException when there are more than a key may have */
export function requireFewTags(tags: Record<string, string>): Record<string, string> {
  if (Object.keys(tags).length > MAX_TAGS) throw tagError("Too many tags");
  return tags;
}

export function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}
