import type { DeleteRolePermissionsBoundaryRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changeRole, unlinked } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html */
export function deleteRolePermissionsBoundary(iam: Iam) {
  return async ({ RoleName }: DeleteRolePermissionsBoundaryRequest, { scope }: RequestContext) => {
    await changeRole(iam, scope, RoleName!, (now) => {
      const { boundary: _, ...without } = unlinked(now);
      return without;
    });
    return {};
  };
}
