import type { GetSecretValueRequest, GetSecretValueResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { livingSecret } from "../existing.ts";
import { readSecret } from "../reading.ts";
import type { SecretsManager } from "../secrets-manager.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export function getSecretValue(secrets: SecretsManager) {
  return async (
    { SecretId, VersionId, VersionStage }: GetSecretValueRequest,
    { scope, caller }: RequestContext,
  ): Promise<GetSecretValueResponse> => {
    const secret = await livingSecret(secrets, scope, SecretId!);
    return await readSecret(secrets, scope, secret, { versionId: VersionId, stage: VersionStage }, caller);
  };
}
