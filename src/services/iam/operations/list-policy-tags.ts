import type { ListPolicyTagsRequest, ListPolicyTagsResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingPolicy } from "../managed-policies.ts";
import { tagPage } from "../tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html */
export function listPolicyTags(iam: Iam) {
  return async (input: ListPolicyTagsRequest, { scope }: RequestContext): Promise<ListPolicyTagsResponse> => {
    return tagPage((await existingPolicy(iam, scope, input.PolicyArn!)).tags, input);
  };
}
