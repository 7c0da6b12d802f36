import type { ListGroupsForUserRequest, ListGroupsForUserResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { groupsOf } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { page } from "../page.ts";
import { nameKey } from "../store.ts";
import { groupView } from "../user-views.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html */
export function listGroupsForUser(iam: Iam) {
  return async (input: ListGroupsForUserRequest, { scope }: RequestContext): Promise<ListGroupsForUserResponse> => {
    const user = await existingUser(iam, scope, input.UserName!);
    const groups = await groupsOf(iam, scope, user.id);
    const { items, paging } = page(groups, input, "groups-for-user", ({ name }) => nameKey(name));
    return { Groups: items.map(groupView), ...paging };
  };
}
