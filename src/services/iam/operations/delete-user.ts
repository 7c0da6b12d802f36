import type { DeleteUserRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { hasAttachments } from "../attachments.ts";
import { deleteConflictUntil } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { forgetAccesses } from "../service-accesses.ts";
import { iamKey, nameKey } from "../store.ts";
import { renameTrusted } from "../trusted-names.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
export function deleteUser(iam: Iam) {
  return async ({ UserName }: DeleteUserRequest, { scope }: RequestContext) => {
    const { users, accessKeys, loginProfiles, memberships } = iam.records;
    const key = iamKey(scope);
    await iam.store.transaction(async () => {
      const { id: userId, arn, inlinePolicies } = await existingUser(iam, scope, UserName!);
      if (await accessKeys.count(key, { userId })) throw deleteConflictUntil("delete access keys");
      if (await loginProfiles.get(key, userId)) throw deleteConflictUntil("delete login profile");
      if (await memberships.count(key, { userId })) throw deleteConflictUntil("remove users from group");
      if (await hasAttachments(iam, scope, userId)) throw deleteConflictUntil("detach all policies");
      if (Object.keys(inlinePolicies).length) throw deleteConflictUntil("delete policies");
      await users.delete(key, nameKey(UserName!));
      await renameTrusted(iam, arn, userId);
      await forgetAccesses(iam, scope, userId);
    });
    return {};
  };
}
