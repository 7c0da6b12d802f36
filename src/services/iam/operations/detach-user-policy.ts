import type { DetachUserPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { detachPolicy } from "../attachments.ts";
import type { Iam } from "../iam.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html */
export function detachUserPolicy(iam: Iam) {
  return async ({ UserName, PolicyArn }: DetachUserPolicyRequest, { scope }: RequestContext) => {
    await detachPolicy(iam, scope, await existingUser(iam, scope, UserName!), PolicyArn!);
    return {};
  };
}
