import type { AttachUserPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { attachPolicy } from "../attachments.ts";
import type { Iam } from "../iam.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html */
export function attachUserPolicy(iam: Iam) {
  return async ({ UserName, PolicyArn }: AttachUserPolicyRequest, { scope }: RequestContext) => {
    await attachPolicy(iam, scope, "user", () => existingUser(iam, scope, UserName!), PolicyArn!);
    return {};
  };
}
