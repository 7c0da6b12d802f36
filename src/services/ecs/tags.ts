import type { Tag } from "@aws-sdk/client-ecs";
import type { AwsError } from "../../base/errors.ts";
import { invalidParameter } from "./errors.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tag.html */
const MAX_TAGS = 50;
const MAX_KEY = 128;
const MAX_VALUE = 256;
const ALLOWED = /^[\p{L}\p{N}\p{Zs}_./=+\-:@]*$/u;

/**
 * Checks tags as ECS does.
 * @param refuse ClientException for task definitions, InvalidParameterException for all else
 */
export function checkTags(
  tags: readonly Tag[] | undefined,
  refuse: (message: string) => AwsError = invalidParameter,
): Tag[] {
  const seen = new Set<string>();
  return (tags ?? []).map(({ key, value }) => {
    if (key === undefined || key === null) throw refuse("Tag key can not be null.");
    if (value === undefined || value === null) throw refuse("Tag value can not be null.");
    if (!key) throw refuse("Tag key can not be empty.");
    if (key.length > MAX_KEY) throw refuse(`Tag key longer than ${MAX_KEY}.`);
    if (value.length > MAX_VALUE) throw refuse(`Tag value longer than ${MAX_VALUE}.`);
    if (!ALLOWED.test(key) || !ALLOWED.test(value))
      throw refuse(
        "Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @.",
      );
    if (isReserved(key)) throw refuse("aws: prefixed tag key names are not allowed for external use.");
    if (seen.has(key)) throw refuse(`Duplicate tag keys found: ${key}`);
    if (seen.add(key).size > MAX_TAGS) throw tooManyTags(refuse);
    return { key, value };
  });
}

/** ECS's own tags: nobody else sets or removes them, and they do not count. */
function isReserved(key: string): boolean {
  return /^aws:/i.test(key);
}

function tooManyTags(refuse: (message: string) => AwsError): AwsError {
  return refuse(`The maximum number of tags per resource is ${MAX_TAGS}.`);
}

/** A resource's tags with others set. @throws the error of `refuse` when there are too many */
export function withTags(
  tags: readonly Tag[],
  added: readonly Tag[],
  refuse: (message: string) => AwsError = invalidParameter,
): Tag[] {
  const merged = new Map([...tags, ...added].map((tag) => [tag.key!, tag]));
  if ([...merged.keys()].filter((key) => !isReserved(key)).length > MAX_TAGS) throw tooManyTags(refuse);
  return [...merged.values()];
}

/** A resource's tags without some; keys that it does not have do no harm. */
export function withoutTags(tags: readonly Tag[], keys: readonly string[]): Tag[] {
  return tags.filter(({ key }) => isReserved(key!) || !keys.includes(key!));
}

/** Tags of several sources; the earlier source wins. */
export function mergeTags(...sources: readonly (readonly Tag[])[]): Tag[] {
  const merged = new Map<string, Tag>();
  for (const tag of sources.flat()) if (!merged.has(tag.key!)) merged.set(tag.key!, tag);
  return [...merged.values()];
}
