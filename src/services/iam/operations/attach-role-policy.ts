import type { AttachRolePolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { attachPolicy } from "../attachments.ts";
import type { Iam } from "../iam.ts";
import { ownRole } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
export function attachRolePolicy(iam: Iam) {
  return async ({ RoleName, PolicyArn }: AttachRolePolicyRequest, { scope }: RequestContext) => {
    await attachPolicy(iam, scope, "role", () => ownRole(iam, scope, RoleName!), PolicyArn!);
    return {};
  };
}
