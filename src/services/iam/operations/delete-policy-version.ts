import type { DeletePolicyVersionRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changePolicy } from "../managed-policies.ts";
import { withoutVersion } from "../policy-versions.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html */
export function deletePolicyVersion(iam: Iam) {
  return async ({ PolicyArn, VersionId }: DeletePolicyVersionRequest, { scope }: RequestContext) => {
    await changePolicy(iam, scope, PolicyArn!, (now) => withoutVersion(now, VersionId!));
    return {};
  };
}
