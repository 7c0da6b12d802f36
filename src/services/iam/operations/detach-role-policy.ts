import type { DetachRolePolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { detachPolicy } from "../attachments.ts";
import type { Iam } from "../iam.ts";
import { ownRole } from "../roles.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html */
export function detachRolePolicy(iam: Iam) {
  return async ({ RoleName, PolicyArn }: DetachRolePolicyRequest, { scope }: RequestContext) => {
    await detachPolicy(iam, scope, await ownRole(iam, scope, RoleName!), PolicyArn!);
    return {};
  };
}
