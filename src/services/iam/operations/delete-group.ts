import type { DeleteGroupRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { hasAttachments } from "../attachments.ts";
import { deleteConflictUntil } from "../errors.ts";
import { existingGroup } from "../groups.ts";
import type { Iam } from "../iam.ts";
import { iamKey, nameKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html */
export function deleteGroup(iam: Iam) {
  return async ({ GroupName }: DeleteGroupRequest, { scope }: RequestContext) => {
    const { groups, memberships } = iam.records;
    const key = iamKey(scope);
    await iam.store.transaction(async () => {
      const { id: groupId, inlinePolicies } = await existingGroup(iam, scope, GroupName!);
      if (await memberships.count(key, { groupId })) throw deleteConflictUntil("remove users from group");
      if (await hasAttachments(iam, scope, groupId)) throw deleteConflictUntil("detach all policies");
      if (Object.keys(inlinePolicies).length) throw deleteConflictUntil("delete policies");
      await groups.delete(key, nameKey(GroupName!));
    });
    return {};
  };
}
