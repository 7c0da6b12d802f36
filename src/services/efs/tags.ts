import type { Tag } from "@aws-sdk/client-efs";
import { type Scope, scopeKey } from "../../base/scope.ts";
import type { Efs } from "./efs.ts";
import { badRequest } from "./errors.ts";
import { accessPointOf, fileSystemOf } from "./existing.ts";
import { kindOf } from "./identifiers.ts";

const MAX_TAGS = 50;

/** Tags with others added or replaced. @throws AwsError BadRequest for more than 50 */
export function withTags(tags: readonly Tag[], more: readonly Tag[]): Tag[] {
  const all = new Map([...tags, ...more].map(({ Key, Value }) => [Key, { Key, Value }]));
  if (all.size > MAX_TAGS) throw badRequest(`A resource can have ${MAX_TAGS} tags at most.`);
  return [...all.values()];
}

/** Tags but those with these keys. */
export function withoutTags(tags: readonly Tag[], keys: readonly string[]): Tag[] {
  return tags.filter(({ Key }) => !keys.includes(Key!));
}

/** The value of the tag `Name`, which EFS shows as a member of its own. */
export function nameOf(tags: readonly Tag[]): { Name?: string } {
  const name = tags.find(({ Key }) => Key === "Name")?.Value;
  return name === undefined ? {} : { Name: name };
}

/** @throws AwsError FileSystemNotFound, AccessPointNotFound */
export async function tagsOf(efs: Efs, scope: Scope, idOrArn: string): Promise<Tag[]> {
  const of = kindOf(idOrArn) === "access-point" ? accessPointOf : fileSystemOf;
  return (await of(efs, scope, idOrArn)).tags;
}

/**
 * Changes the tags of a file system or access point.
 * @throws AwsError FileSystemNotFound, AccessPointNotFound, and what `change` throws
 */
export async function changeTags(
  efs: Efs,
  scope: Scope,
  idOrArn: string,
  change: (tags: Tag[]) => Tag[],
): Promise<void> {
  const key = scopeKey(scope);
  await efs.store.transaction(async () => {
    if (kindOf(idOrArn) === "access-point") {
      const point = await accessPointOf(efs, scope, idOrArn);
      await efs.records.accessPoints.put(key, point.accessPointId, { ...point, tags: change(point.tags) });
    } else {
      const system = await fileSystemOf(efs, scope, idOrArn);
      await efs.records.fileSystems.put(key, system.fileSystemId, { ...system, tags: change(system.tags) });
    }
  });
}
