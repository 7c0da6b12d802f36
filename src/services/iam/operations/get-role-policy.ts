import type { GetRolePolicyRequest, GetRolePolicyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { inlinePolicyOf } from "../inline-policies.ts";
import { existingRole } from "../roles.ts";
import { encodedDocument } from "../views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
export function getRolePolicy(iam: Iam) {
  return async (
    { RoleName, PolicyName }: GetRolePolicyRequest,
    { scope }: RequestContext,
  ): Promise<GetRolePolicyResponse> => {
    const role = await existingRole(iam, scope, RoleName!);
    const document = inlinePolicyOf(role, "role", PolicyName!);
    return { RoleName: role.name, PolicyName, PolicyDocument: encodedDocument(document) };
  };
}
