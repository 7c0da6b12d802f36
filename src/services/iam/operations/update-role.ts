import type { UpdateRoleRequest, UpdateRoleResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeRole, unlinked } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html */
export function updateRole(iam: Iam) {
  return async (
    { RoleName, Description, MaxSessionDuration }: UpdateRoleRequest,
    { scope }: RequestContext,
  ): Promise<UpdateRoleResponse> => {
    await changeRole(iam, scope, RoleName!, (now) => ({
      ...(MaxSessionDuration === undefined ? now : unlinked(now)),
      ...(Description === undefined ? {} : { description: Description }),
      ...(MaxSessionDuration === undefined ? {} : { maxSessionDuration: MaxSessionDuration }),
    }));
    return {};
  };
}
