import type { SetDefaultPolicyVersionRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changePolicy } from "../managed-policies.ts";
import { versionOf } from "../policy-versions.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html */
export function setDefaultPolicyVersion(iam: Iam) {
  return async ({ PolicyArn, VersionId }: SetDefaultPolicyVersionRequest, { scope }: RequestContext) => {
    await changePolicy(iam, scope, PolicyArn!, (now) => ({
      ...now,
      defaultVersion: versionOf(now, VersionId!).versionId,
    }));
    return {};
  };
}
