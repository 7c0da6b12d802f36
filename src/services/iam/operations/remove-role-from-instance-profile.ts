import type { RemoveRoleFromInstanceProfileRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { roleNotFound } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { changeInstanceProfile } from "../instance-profiles.ts";
import { ownRole } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html */
export function removeRoleFromInstanceProfile(iam: Iam) {
  return async ({ InstanceProfileName, RoleName }: RemoveRoleFromInstanceProfileRequest, { scope }: RequestContext) => {
    await iam.store.transaction(async () => {
      const { name } = await ownRole(iam, scope, RoleName!);
      await changeInstanceProfile(iam, scope, InstanceProfileName!, ({ roleName, ...without }) => {
        if (roleName !== name) throw roleNotFound(RoleName!);
        return without;
      });
    });
    return {};
  };
}
