import type { GetPolicyVersionRequest, GetPolicyVersionResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingPolicy } from "../managed-policies.ts";
import { versionOf } from "../policy-versions.ts";
import { versionView } from "../policy-views.ts";
import { encodedDocument } from "../views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
export function getPolicyVersion(iam: Iam) {
  return async (
    { PolicyArn, VersionId }: GetPolicyVersionRequest,
    { scope }: RequestContext,
  ): Promise<GetPolicyVersionResponse> => {
    const policy = await existingPolicy(iam, scope, PolicyArn!);
    const version = versionOf(policy, VersionId!);
    return { PolicyVersion: { Document: encodedDocument(version.document), ...versionView(policy, version) } };
  };
}
