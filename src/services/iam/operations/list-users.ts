import type { ListUsersRequest, ListUsersResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { page } from "../page.ts";
import { iamKey, nameKey } from "../store.ts";
import { userView } from "../user-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html */
export function listUsers(iam: Iam) {
  return async (input: ListUsersRequest, { scope }: RequestContext): Promise<ListUsersResponse> => {
    const all = await iam.records.users.list(iamKey(scope));
    const below = all.filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = page(below, input, "users", ({ name }) => nameKey(name));
    return { Users: items.map(userView), ...paging };
  };
}
