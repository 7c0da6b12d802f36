import type { PutRolePermissionsBoundaryRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { checkBoundary } from "../boundaries.ts";
import type { Iam } from "../iam.ts";
import { changeRole, unlinked } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html */
export function putRolePermissionsBoundary(iam: Iam) {
  return async ({ RoleName, PermissionsBoundary }: PutRolePermissionsBoundaryRequest, { scope }: RequestContext) => {
    await iam.store.transaction(async () => {
      await changeRole(iam, scope, RoleName!, (now) => ({ ...unlinked(now), boundary: PermissionsBoundary! }));
      await checkBoundary(iam, scope, PermissionsBoundary!);
    });
    return {};
  };
}
