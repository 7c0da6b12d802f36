import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  Failure,
  TaskDefinition,
} from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { invalidParameter } from "../errors.ts";
import { arnNamed, checkNames } from "../named-resources.ts";
import { definitionId } from "../store.ts";
import { parseTaskDefinition } from "../task-definition/find.ts";

const MAX_DEFINITIONS = 10;
const MISSING =
  "The specified task definition does not exist. Specify a valid account, family, revision and try again.";
const ACTIVE = "The specified task definition is still in ACTIVE status. Please deregister the target and try again.";

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html; a revision goes when no task
 * and no service uses it any more.
 */
export function deleteTaskDefinitions(ecs: Ecs) {
  return async (
    input: DeleteTaskDefinitionsRequest,
    { scope }: RequestContext,
  ): Promise<DeleteTaskDefinitionsResponse> => {
    const references = checkNames(input.taskDefinitions, "Task definitions", MAX_DEFINITIONS);
    const ids = references.map((reference) => {
      const parsed = parseTaskDefinition(reference, scope);
      if (parsed && parsed.revision === undefined) throw invalidParameter("Revision is missing");
      return parsed && definitionId(parsed.family, parsed.revision!);
    });
    const taskDefinitions: TaskDefinition[] = [];
    const failures: Failure[] = [];
    await ecs.transaction(async () => {
      for (const [index, id] of ids.entries()) {
        const reference = references[index]!;
        const arn = arnNamed(scope, "task-definition/", reference);
        const found = id === undefined ? undefined : await ecs.store.definitions.get(scopeKey(scope), id);
        if (!found) failures.push({ arn, reason: MISSING });
        else if (found.definition.status === "ACTIVE") failures.push({ arn, reason: ACTIVE });
        else {
          const definition = {
            ...found.definition,
            status: "DELETE_IN_PROGRESS" as const,
            deleteRequestedAt: found.definition.deleteRequestedAt ?? new Date(ecs.clock.now()),
          };
          await ecs.store.definitions.put(scopeKey(scope), id!, { ...found, definition });
          taskDefinitions.push(definition);
        }
      }
    });
    return { taskDefinitions, failures };
  };
}
