import type { PutResourcePolicyRequest, PutResourcePolicyResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { check } from "../../../wire/checks.ts";
import { secretResource } from "../authorization.ts";
import { changeSecret } from "../changes.ts";
import { publicPolicy } from "../errors.ts";
import { checkPolicy, isPublic } from "../policies.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html */
export function putResourcePolicy(secrets: SecretsManager) {
  return async (
    { SecretId, ResourcePolicy, BlockPublicPolicy }: PutResourcePolicyRequest,
    { scope, caller, authorize }: RequestContext,
  ): Promise<PutResourcePolicyResponse> => {
    const policy = ResourcePolicy!;
    checkPolicy(policy);
    if (BlockPublicPolicy && isPublic(policy)) throw publicPolicy();
    const secret = await changeSecret(secrets, scope, SecretId!, caller, async (now) => {
      const changed = { ...now, policy };
      // Nobody may lock themselves out.
      const resource = secretResource(secretView(scope, now).ARN, changed);
      await authorize([check("secretsmanager:PutResourcePolicy", resource)]);
      return { secret: changed };
    });
    return secretView(scope, secret);
  };
}
