import type { AttachGroupPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { attachPolicy } from "../attachments.ts";
import { existingGroup } from "../groups.ts";
import type { Iam } from "../iam.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachGroupPolicy.html */
export function attachGroupPolicy(iam: Iam) {
  return async ({ GroupName, PolicyArn }: AttachGroupPolicyRequest, { scope }: RequestContext) => {
    await attachPolicy(iam, scope, "group", () => existingGroup(iam, scope, GroupName!), PolicyArn!);
    return {};
  };
}
