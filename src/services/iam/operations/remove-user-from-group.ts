import type { RemoveUserFromGroupRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { existingGroup, membershipId } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html: a user who is not in it stays out of it */
export function removeUserFromGroup(iam: Iam) {
  return async ({ GroupName, UserName }: RemoveUserFromGroupRequest, { scope }: RequestContext) => {
    const group = await existingGroup(iam, scope, GroupName!);
    const user = await existingUser(iam, scope, UserName!);
    await iam.records.memberships.delete(iamKey(scope), membershipId(group.id, user.id));
    return {};
  };
}
