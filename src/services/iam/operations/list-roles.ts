import type { ListRolesRequest, ListRolesResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { page } from "../page.ts";
import { rolesBelow } from "../roles.ts";
import { nameKey } from "../store.ts";
import { roleView } from "../views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export function listRoles(iam: Iam) {
  return async (input: ListRolesRequest, { scope }: RequestContext): Promise<ListRolesResponse> => {
    const roles = await rolesBelow(iam, scope, input.PathPrefix);
    const { items, paging } = page(roles, input, "roles", ({ name }) => nameKey(name));
    return { Roles: items.map(roleView), ...paging };
  };
}
