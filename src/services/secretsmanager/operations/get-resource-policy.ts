import type { GetResourcePolicyRequest, GetResourcePolicyResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { livingSecret } from "../existing.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html */
export function getResourcePolicy(secrets: SecretsManager) {
  return async (
    { SecretId }: GetResourcePolicyRequest,
    { scope }: RequestContext,
  ): Promise<GetResourcePolicyResponse> => {
    const secret = await livingSecret(secrets, scope, SecretId!);
    return { ...secretView(scope, secret), ResourcePolicy: secret.policy };
  };
}
