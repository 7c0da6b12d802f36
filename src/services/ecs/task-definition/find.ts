import { scopeKey, type Scope } from "../../../base/scope.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { nameIn } from "../identifiers.ts";
import { definitionId, type TaskDefinitionRecord } from "../store.ts";

/** A reference to a task definition, taken apart; a revision only where there is one. */
export interface TaskDefinitionReference {
  family: string;
  revision: number | undefined;
}

/**
 * Takes `family`, `family:revision` or an ARN apart.
 * @returns `undefined` when an ARN is of another Region or of another kind of resource
 * @throws AwsError InvalidParameterException
 */
export function parseTaskDefinition(reference: string, scope: Scope): TaskDefinitionReference | undefined {
  const name = nameIn(reference, "task-definition", scope);
  if (name === undefined) return undefined;
  const [family = "", ...rest] = name.split(":");
  if (!rest.length) return { family, revision: undefined };
  const revision = rest.join(":");
  const number = /^\d{1,10}$/.test(revision) ? Number(revision) : 0;
  if (number < 1) throw invalidParameter(`Invalid revision number. Number: ${revision}`);
  return { family, revision: number };
}

/** A revision, or the latest ACTIVE one of a family. @throws AwsError InvalidParameterException for a bad reference */
export async function findTaskDefinition(
  ecs: Ecs,
  scope: Scope,
  reference: string,
): Promise<TaskDefinitionRecord | undefined> {
  const parsed = parseTaskDefinition(reference, scope);
  if (!parsed) return undefined;
  const { family, revision } = parsed;
  if (revision !== undefined) return await ecs.store.definitions.get(scopeKey(scope), definitionId(family, revision));
  const active = await ecs.store.definitions.list(scopeKey(scope), { where: { family, status: "ACTIVE" } });
  return active.at(-1);
}
