import type { ListPolicyVersionsRequest, ListPolicyVersionsResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingPolicy } from "../managed-policies.ts";
import { page } from "../page.ts";
import { versionPlace } from "../policy-versions.ts";
import { versionView } from "../policy-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html */
export function listPolicyVersions(iam: Iam) {
  return async (input: ListPolicyVersionsRequest, { scope }: RequestContext): Promise<ListPolicyVersionsResponse> => {
    const policy = await existingPolicy(iam, scope, input.PolicyArn!);
    const { items, paging } = page(policy.versions, input, "policy-versions", versionPlace);
    return { Versions: items.map((version) => versionView(policy, version)), ...paging };
  };
}
