import type { Tag } from "@aws-sdk/client-iam";
import { invalidInput, limitExceeded } from "./errors.ts";
import { page, type Paging } from "./page.ts";

const MAX_TAGS = 50;

/** Tags as they are given to something new. @throws AwsError InvalidInput for a key that is there twice */
export function newTags(given: readonly Tag[] | undefined): Tag[] {
  return withTags([], given ?? []);
}

/**
 * Tags with others added or replaced; keys differ by more than case.
 * @throws AwsError InvalidInput, LimitExceeded for more than 50
 */
export function withTags(tags: readonly Tag[], more: readonly Tag[]): Tag[] {
  const added = new Map(more.map((tag) => [tagKey(tag), tag]));
  if (added.size < more.length)
    throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  const reserved = more.find((tag) => tagKey(tag).startsWith("aws:"));
  if (reserved) throw invalidInput("Tag keys beginning with aws: are reserved for system use.");
  const all = [...tags.filter((tag) => !added.has(tagKey(tag))), ...more];
  if (all.length > MAX_TAGS) throw limitExceeded("The number of tags has reached the maximum limit.");
  return all.map(({ Key, Value }) => ({ Key, Value }));
}

export function withoutTags(tags: readonly Tag[], keys: readonly string[]): Tag[] {
  const doomed = new Set(keys.map((key) => key.toLowerCase()));
  return tags.filter((tag) => !doomed.has(tagKey(tag)));
}

/** In the order of their keys. */
export function sortedTags(tags: readonly Tag[]): Tag[] {
  return tags.toSorted((a, b) => (tagKey(a) < tagKey(b) ? -1 : 1));
}

/** The answer of the operations that list tags. */
export function tagPage(tags: readonly Tag[], paging: Paging): { Tags: Tag[]; IsTruncated: boolean; Marker?: string } {
  const shown = page(sortedTags(tags), paging, "tags", tagKey);
  return { Tags: shown.items, ...shown.paging };
}

function tagKey({ Key }: Tag): string {
  return Key!.toLowerCase();
}
