import type { Tag } from "@aws-sdk/client-ecs";
import { invalidParameter } from "./errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html */
const MAX_TAGS = 50;

/** Checks tags as ECS does. @throws AwsError InvalidParameterException */
export function checkTags(tags: readonly Tag[] | undefined): Tag[] {
  if (!tags) return [];
  if (tags.length > MAX_TAGS) throw invalidParameter(`The number of tags exceeds the limit of ${MAX_TAGS}.`);
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    if (!key) throw invalidParameter("Tag key can not be empty.");
    if (key.length > 128 || (value ?? "").length > 256) throw invalidParameter("Tag keys may have 128 characters and tag values 256.");
    if (/^aws:/i.test(key)) throw invalidParameter("Tag keys must not start with 'aws:', which is reserved.");
    if (keys.has(key)) throw invalidParameter(`Duplicate tag key '${key}'.`);
    keys.add(key);
  }
  return tags.map(({ key, value }) => ({ key, value: value ?? "" }));
}

/** Tags of several sources; the earlier source wins. */
export function mergeTags(...sources: readonly (readonly Tag[])[]): Tag[] {
  const merged = new Map<string, Tag>();
  for (const tag of sources.flat()) if (!merged.has(tag.key!)) merged.set(tag.key!, tag);
  return [...merged.values()];
}
