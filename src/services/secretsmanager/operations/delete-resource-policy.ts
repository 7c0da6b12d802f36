import type { DeleteResourcePolicyRequest, DeleteResourcePolicyResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { changeSecret } from "../changes.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteResourcePolicy.html */
export function deleteResourcePolicy(secrets: SecretsManager) {
  return async (
    { SecretId }: DeleteResourcePolicyRequest,
    { scope, caller }: RequestContext,
  ): Promise<DeleteResourcePolicyResponse> => {
    const secret = await changeSecret(secrets, scope, SecretId!, caller, (now) => ({
      secret: { ...now, policy: undefined },
    }));
    return secretView(scope, secret);
  };
}
