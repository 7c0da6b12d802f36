import type { DeleteRoleRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { hasAttachments } from "../attachments.ts";
import { deleteConflict } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { ownRole } from "../roles.ts";
import { forgetAccesses } from "../service-accesses.ts";
import { iamKey, nameKey } from "../store.ts";
import { renameTrusted } from "../trusted-names.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
export function deleteRole(iam: Iam) {
  return async ({ RoleName }: DeleteRoleRequest, { scope }: RequestContext) => {
    const key = iamKey(scope);
    await iam.store.transaction(async () => {
      const role = await ownRole(iam, scope, RoleName!);
      if (await iam.records.instanceProfiles.count(key, { role: nameKey(role.name) }))
        throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
      if (await hasAttachments(iam, scope, role.id))
        throw deleteConflict("Cannot delete entity, must detach all policies first.");
      if (Object.keys(role.inlinePolicies).length)
        throw deleteConflict("Cannot delete entity, must delete policies first.");
      await iam.records.roles.delete(key, nameKey(role.name));
      await renameTrusted(iam, role.arn, role.id);
      await iam.lastUses.forget(key, role.id);
      await forgetAccesses(iam, scope, role.id);
    });
    return {};
  };
}
