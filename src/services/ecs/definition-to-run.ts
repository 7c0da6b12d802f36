import type { Scope } from "../../base/scope.ts";
import type { Ecs } from "./ecs.ts";
import { taskDefinitionInactive, taskDefinitionNotFound } from "./errors.ts";
import type { TaskDefinitionRecord } from "./store.ts";
import { findTaskDefinition } from "./task-definition/find.ts";

/** The revision that new tasks are to run. @throws AwsError ClientException */
export async function findActiveDefinition(ecs: Ecs, scope: Scope, reference: string): Promise<TaskDefinitionRecord> {
  const found = await findTaskDefinition(ecs, scope, reference);
  if (!found) throw taskDefinitionNotFound();
  if (found.definition.status !== "ACTIVE") throw taskDefinitionInactive();
  return found;
}
