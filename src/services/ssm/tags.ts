import type { ResourceTypeForTagging, Tag } from "@aws-sdk/client-ssm";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { invalidResourceId, invalidResourceType, tooManyTags, validation } from "./errors.ts";
import { pathOf } from "./names.ts";
import { findParameter } from "./parameters.ts";
import type { ParameterRecord } from "./records.ts";
import type { Ssm } from "./ssm.ts";

const MAX_TAGS = 50;

/** What a request about tags names. */
export interface TaggedResource {
  ResourceType: ResourceTypeForTagging | undefined;
  ResourceId: string | undefined;
}

/** Tags with others added or replaced. @throws AwsError ValidationException, TooManyTagsError */
export function withTags(tags: readonly Tag[], more: readonly Tag[]): Tag[] {
  for (const { Key } of more)
    if (/^aws:/i.test(Key!)) throw validation("Tag keys can't begin with the reserved prefix aws:.");
  const all = new Map([...tags, ...more].map(({ Key, Value }) => [Key, { Key, Value }]));
  if (all.size > MAX_TAGS) throw tooManyTags();
  return [...all.values()];
}

/** @throws AwsError InvalidResourceType for anything but a parameter, InvalidResourceId */
export async function taggedParameter(
  ssm: Ssm,
  scope: Scope,
  { ResourceType, ResourceId }: TaggedResource,
): Promise<ParameterRecord> {
  if (ResourceType !== "Parameter") throw invalidResourceType();
  const found = await findParameter(ssm, scope, ResourceId!);
  if (!found) throw invalidResourceId();
  return found;
}

/** @throws AwsError as {@link taggedParameter}, and what `change` throws */
export async function changeTags(
  ssm: Ssm,
  scope: Scope,
  resource: TaggedResource,
  change: (tags: readonly Tag[]) => Tag[],
): Promise<void> {
  await ssm.exclusively(scope, resource.ResourceId!, async () => {
    const parameter = await taggedParameter(ssm, scope, resource);
    await ssm.records.parameters.put(scopeKey(scope), pathOf(parameter.name), {
      ...parameter,
      tags: change(parameter.tags),
    });
  });
}
