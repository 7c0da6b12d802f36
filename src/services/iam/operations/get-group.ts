import type { GetGroupRequest, GetGroupResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { existingGroup, membersOf } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { page } from "../page.ts";
import { nameKey } from "../store.ts";
import { groupView, userView } from "../user-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html */
export function getGroup(iam: Iam) {
  return async (input: GetGroupRequest, { scope }: RequestContext): Promise<GetGroupResponse> => {
    const group = await existingGroup(iam, scope, input.GroupName!);
    const members = await membersOf(iam, scope, group.id);
    const { items, paging } = page(members, input, "group", ({ name }) => nameKey(name));
    return { Group: groupView(group), Users: items.map(userView), ...paging };
  };
}
