import type { ListTaskDefinitionsRequest, ListTaskDefinitionsResponse } from "@aws-sdk/client-ecs";
import { formatArn } from "../../../base/arn.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { pageOfIds } from "../paging.ts";
import { revisionIn } from "../store.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html; `familyPrefix` is a whole family. */
export function listTaskDefinitions(ecs: Ecs) {
  return async (input: ListTaskDefinitionsRequest, { scope }: RequestContext): Promise<ListTaskDefinitionsResponse> => {
    const where = {
      status: input.status ?? "ACTIVE",
      ...(input.familyPrefix === undefined ? {} : { family: input.familyPrefix }),
    };
    const descending = input.sort === "DESC";
    const { items, nextToken } = await pageOfIds(
      (part) => ecs.store.definitions.listIds(scopeKey(scope), where, { ...part, descending }),
      input,
      { list: `ListTaskDefinitions ${descending ? "DESC" : "ASC"}`, size: 100 },
    );
    return {
      taskDefinitionArns: items.map((id) => formatArn("ecs", scope, `task-definition/${revisionIn(id)}`)),
      nextToken,
    };
  };
}
