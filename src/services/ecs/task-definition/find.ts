import { parseArn } from "../../../base/arn.ts";
import { scopeKey, type Scope } from "../../../base/scope.ts";
import { inScope } from "../clusters.ts";
import type { Ecs } from "../ecs.ts";
import { definitionId, type TaskDefinitionRecord } from "../store.ts";

/** `family`, `family:revision` or an ARN, taken apart; a revision only where there is one. */
export function parseTaskDefinition(reference: string): { family: string; revision: number | undefined } {
  const name = parseArn(reference)?.resource.replace(/^task-definition\//, "") ?? reference;
  const [family = "", revision] = name.split(":");
  return { family, revision: revision === undefined ? undefined : Number(revision) };
}

/** A revision, or the latest ACTIVE one of a family. */
export async function findTaskDefinition(
  ecs: Ecs,
  scope: Scope,
  reference: string,
): Promise<TaskDefinitionRecord | undefined> {
  if (!inScope(reference, scope)) return undefined;
  const { family, revision } = parseTaskDefinition(reference);
  if (revision !== undefined)
    return Number.isInteger(revision) ? await ecs.store.definitions.get(scopeKey(scope), definitionId(family, revision)) : undefined;
  const active = await ecs.store.definitions.list(scopeKey(scope), { where: { family, status: "ACTIVE" } });
  return active.at(-1);
}
