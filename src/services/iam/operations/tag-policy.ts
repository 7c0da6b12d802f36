import type { TagPolicyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changePolicy } from "../managed-policies.ts";
import { withTags } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html */
export function tagPolicy(iam: Iam) {
  return async ({ PolicyArn, Tags }: TagPolicyRequest, { scope }: RequestContext) => {
    await changePolicy(iam, scope, PolicyArn!, (now) => ({ ...now, tags: withTags(now.tags, Tags!) }));
    return {};
  };
}
