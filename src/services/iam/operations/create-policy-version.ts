import type { CreatePolicyVersionRequest, CreatePolicyVersionResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { changePolicy } from "../managed-policies.ts";
import { checkManagedPolicy } from "../policy-documents.ts";
import { withVersion } from "../policy-versions.ts";
import { versionView } from "../policy-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */
export function createPolicyVersion(iam: Iam) {
  return async (input: CreatePolicyVersionRequest, { scope }: RequestContext): Promise<CreatePolicyVersionResponse> => {
    const { PolicyArn, PolicyDocument, SetAsDefault = false } = input;
    checkManagedPolicy(PolicyDocument!);
    const policy = await changePolicy(iam, scope, PolicyArn!, (now) =>
      withVersion(now, PolicyDocument!, SetAsDefault, iam.now()),
    );
    return { PolicyVersion: versionView(policy, policy.versions[0]!) };
  };
}
