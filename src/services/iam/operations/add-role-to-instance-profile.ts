import type { AddRoleToInstanceProfileRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { quotaExceeded } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { changeInstanceProfile } from "../instance-profiles.ts";
import { ownRole } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html */
export function addRoleToInstanceProfile(iam: Iam) {
  return async ({ InstanceProfileName, RoleName }: AddRoleToInstanceProfileRequest, { scope }: RequestContext) => {
    await iam.store.transaction(async () => {
      const { name } = await ownRole(iam, scope, RoleName!);
      await changeInstanceProfile(iam, scope, InstanceProfileName!, (now) => {
        if (now.roleName !== undefined) throw quotaExceeded("InstanceSessionsPerInstanceProfile", 1);
        return { ...now, roleName: name };
      });
    });
    return {};
  };
}
