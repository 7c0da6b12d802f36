import type { ListTaskDefinitionsRequest, ListTaskDefinitionsResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { page } from "../paging.ts";
import { definitionId } from "../store.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html; `familyPrefix` is a whole family. */
export function listTaskDefinitions(ecs: Ecs) {
  return async (input: ListTaskDefinitionsRequest, { scope }: RequestContext): Promise<ListTaskDefinitionsResponse> => {
    const found = await ecs.store.definitions.list(scopeKey(scope), {
      where: {
        status: input.status ?? "ACTIVE",
        ...(input.familyPrefix === undefined ? {} : { family: input.familyPrefix }),
      },
    });
    const ids = found.map(({ definition }) => ({
      id: definitionId(definition.family, definition.revision),
      arn: definition.taskDefinitionArn,
    }));
    if (input.sort === "DESC") ids.reverse();
    // The page token is an id that sorts upwards; downwards the position takes its place.
    const keyed = ids.map((entry, index) => ({
      ...entry,
      key: input.sort === "DESC" ? String(index).padStart(9, "0") : entry.id,
    }));
    const { items, nextToken } = page(keyed, (entry) => entry.key, input, 100);
    return { taskDefinitionArns: items.map((entry) => entry.arn), nextToken };
  };
}
