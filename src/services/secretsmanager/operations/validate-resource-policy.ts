import type { ValidateResourcePolicyRequest, ValidateResourcePolicyResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { publicPolicy } from "../errors.ts";
import { livingSecret } from "../existing.ts";
import { checkPolicy, isPublic } from "../policies.ts";
import type { SecretsManager } from "../secrets-manager.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ValidateResourcePolicy.html */
export function validateResourcePolicy(secrets: SecretsManager) {
  return async (
    { SecretId, ResourcePolicy }: ValidateResourcePolicyRequest,
    { scope }: RequestContext,
  ): Promise<ValidateResourcePolicyResponse> => {
    if (SecretId !== undefined) await livingSecret(secrets, scope, SecretId);
    checkPolicy(ResourcePolicy!);
    const broad = isPublic(ResourcePolicy!);
    return {
      PolicyValidationPassed: !broad,
      ValidationErrors: broad ? [{ CheckName: "BlockPublicPolicy", ErrorMessage: publicPolicy().message }] : [],
    };
  };
}
