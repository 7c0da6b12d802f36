import type { DetachGroupPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { detachPolicy } from "../attachments.ts";
import { existingGroup } from "../groups.ts";
import type { Iam } from "../iam.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachGroupPolicy.html */
export function detachGroupPolicy(iam: Iam) {
  return async ({ GroupName, PolicyArn }: DetachGroupPolicyRequest, { scope }: RequestContext) => {
    await detachPolicy(iam, scope, await existingGroup(iam, scope, GroupName!), PolicyArn!);
    return {};
  };
}
