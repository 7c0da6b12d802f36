import type { GetRoleRequest, GetRoleResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingRole } from "../roles.ts";
import { roleDetail } from "../views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
export function getRole(iam: Iam) {
  return async ({ RoleName }: GetRoleRequest, { scope }: RequestContext): Promise<GetRoleResponse> => {
    return { Role: await roleDetail(iam, scope, await existingRole(iam, scope, RoleName!)) };
  };
}
