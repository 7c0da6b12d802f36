import type { AddUserToGroupRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { quotaExceeded } from "../errors.ts";
import { existingGroup, membershipId } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";
import { USER_QUOTAS } from "../user-quotas.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html */
export function addUserToGroup(iam: Iam) {
  return async ({ GroupName, UserName }: AddUserToGroupRequest, { scope }: RequestContext) => {
    const { memberships } = iam.records;
    const key = iamKey(scope);
    const limit = USER_QUOTAS.GroupsPerUser;
    await iam.store.transaction(async () => {
      const { id: groupId } = await existingGroup(iam, scope, GroupName!);
      const { id: userId } = await existingUser(iam, scope, UserName!);
      const id = membershipId(groupId, userId);
      if (await memberships.get(key, id)) return;
      if ((await memberships.count(key, { userId })) >= limit) throw quotaExceeded("GroupsPerUser", limit);
      await memberships.insert(key, id, { userId, groupId });
    });
    return {};
  };
}
