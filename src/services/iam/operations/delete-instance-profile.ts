import type { DeleteInstanceProfileRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { deleteConflict } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { existingInstanceProfile } from "../instance-profiles.ts";
import { iamKey, nameKey } from "../store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html */
export function deleteInstanceProfile(iam: Iam) {
  return async ({ InstanceProfileName }: DeleteInstanceProfileRequest, { scope }: RequestContext) => {
    await iam.store.transaction(async () => {
      const profile = await existingInstanceProfile(iam, scope, InstanceProfileName!);
      if (profile.roleName !== undefined)
        throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
      await iam.records.instanceProfiles.delete(iamKey(scope), nameKey(profile.name));
    });
    return {};
  };
}
