import { invalidParameter, tooManyTags } from "./errors.ts";
import type { LogGroup } from "./log-groups.ts";

const MAX_TAGS = 50;

/** @throws AwsError `InvalidParameterException` for keys that AWS keeps for itself */
export function checkTagKeys(keys: readonly string[]): void {
  if (keys.some((key) => key.toLowerCase().startsWith("aws:")))
    throw invalidParameter("aws: prefixed tag key names are not allowed for external use.");
}

/** The group with tags added or replaced. @throws AwsError `TooManyTagsException` */
export function withTags(group: LogGroup, arn: string, tags: Record<string, string>): LogGroup {
  const all = { ...group.tags, ...tags };
  if (Object.keys(all).length > MAX_TAGS) throw tooManyTags(arn);
  return { ...group, tags: all };
}

/** The group without the tags of these keys. */
export function withoutTags(group: LogGroup, keys: readonly string[]): LogGroup {
  return { ...group, tags: Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys.includes(key))) };
}
