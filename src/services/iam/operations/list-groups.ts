import type { ListGroupsRequest, ListGroupsResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { page } from "../page.ts";
import { iamKey, nameKey } from "../store.ts";
import { groupView } from "../user-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html */
export function listGroups(iam: Iam) {
  return async (input: ListGroupsRequest, { scope }: RequestContext): Promise<ListGroupsResponse> => {
    const all = await iam.records.groups.list(iamKey(scope));
    const below = all.filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = page(below, input, "groups", ({ name }) => nameKey(name));
    return { Groups: items.map(groupView), ...paging };
  };
}
