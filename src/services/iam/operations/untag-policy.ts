import type { UntagPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changePolicy } from "../managed-policies.ts";
import { withoutTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html */
export function untagPolicy(iam: Iam) {
  return async ({ PolicyArn, TagKeys }: UntagPolicyRequest, { scope }: RequestContext) => {
    await changePolicy(iam, scope, PolicyArn!, (now) => ({ ...now, tags: withoutTags(now.tags, TagKeys!) }));
    return {};
  };
}
