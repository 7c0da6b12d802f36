import type { ListTaskDefinitionFamiliesRequest, ListTaskDefinitionFamiliesResponse } from "@aws-sdk/client-ecs";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ecs } from "../ecs.ts";
import { page } from "../paging.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html */
export function listTaskDefinitionFamilies(ecs: Ecs) {
  return async (
    input: ListTaskDefinitionFamiliesRequest,
    { scope }: RequestContext,
  ): Promise<ListTaskDefinitionFamiliesResponse> => {
    const counts = await ecs.store.definitions.countBy(scopeKey(scope), {}, ["family", "status"]);
    const active = new Set(counts.filter((row) => row.status === "ACTIVE").map((row) => String(row.family)));
    const status = input.status ?? "ALL";
    const families = [...new Set(counts.map((row) => String(row.family)))]
      .filter((family) => family.startsWith(input.familyPrefix ?? ""))
      .filter((family) => status === "ALL" || active.has(family) === (status === "ACTIVE"))
      .sort();
    const { items, nextToken } = page(families, (family) => family, input, {
      list: "ListTaskDefinitionFamilies",
      size: 100,
    });
    return { families: items, nextToken };
  };
}
