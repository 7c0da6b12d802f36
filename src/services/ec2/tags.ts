import type { ResourceType, Tag, TagSpecification } from "@aws-sdk/client-ec2";
import { invalidParameterValue, tooManyTags } from "./errors.ts";

const MAX_TAGS = 50;
/** Unicode characters, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Tag.html */
const MAX_KEY = 127;
const MAX_VALUE = 256;

/**
 * The tags that a request gives to what it makes.
 * @throws AwsError InvalidParameterValue when they are meant for another kind of resource
 */
export function specifiedTags(specifications: readonly TagSpecification[] | undefined, type: ResourceType): Tag[] {
  const tags: Tag[] = [];
  for (const { ResourceType, Tags = [] } of specifications ?? []) {
    if (ResourceType !== type)
      throw invalidParameterValue(`'${ResourceType}' is not a valid taggable resource type for this operation.`);
    if (!Tags.length) throw invalidParameterValue("Tag specification must have at least one tag");
    tags.push(...Tags);
  }
  return mergedTags([], tags);
}

/**
 * Tags with others put over them, of which each key is there once.
 * @throws AwsError InvalidParameterValue, TagLimitExceeded
 */
export function mergedTags(tags: readonly Tag[], added: readonly Tag[]): Tag[] {
  const merged = new Map(tags.map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
  const seen = new Set<string>();
  for (const { Key = "", Value = "" } of added) {
    if (!Key) throw invalidParameterValue("Tag key cannot be empty.");
    if (Key.startsWith("aws:"))
      throw invalidParameterValue("Tag keys starting with 'aws:' are reserved for internal use");
    if (seen.has(Key)) throw invalidParameterValue(`Duplicate tag key '${Key}' specified.`);
    seen.add(Key);
    if (lengthOf(Key) > MAX_KEY)
      throw invalidParameterValue(`Tag key exceeds the maximum length of ${MAX_KEY} characters`);
    if (lengthOf(Value) > MAX_VALUE)
      throw invalidParameterValue(`Tag value exceeds the maximum length of ${MAX_VALUE} characters`);
    merged.set(Key, Value);
  }
  if (merged.size > MAX_TAGS) throw tooManyTags();
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}

function lengthOf(text: string): number {
  return [...text].length;
}

/**
 * Tags without those that DeleteTags names: by key, and by value where one is told.
 * @param removed all tags go when it is absent
 */
export function remainingTags(tags: readonly Tag[], removed: readonly Tag[] | undefined): Tag[] {
  if (!removed?.length) return [];
  return tags.filter(
    (tag) => !removed.some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value)),
  );
}
