import type { UpdateRoleDescriptionRequest, UpdateRoleDescriptionResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeRole } from "../roles.ts";
import { roleView } from "../views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html */
export function updateRoleDescription(iam: Iam) {
  return async (
    { RoleName, Description }: UpdateRoleDescriptionRequest,
    { scope }: RequestContext,
  ): Promise<UpdateRoleDescriptionResponse> => {
    const role = await changeRole(iam, scope, RoleName!, (now) => ({ ...now, description: Description! }));
    return { Role: roleView(role) };
  };
}
