import type { PutSecretValueRequest, PutSecretValueResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { changeSecret } from "../changes.ts";
import { notSupported, valueMissing } from "../errors.ts";
import { versionIdOf, withVersion } from "../new-version.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { requestedValue } from "../values.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
export function putSecretValue(secrets: SecretsManager) {
  return async (input: PutSecretValueRequest, { scope, caller }: RequestContext): Promise<PutSecretValueResponse> => {
    // A function of another account proves with it that it rotates the secret: there are no functions.
    if (input.RotationToken !== undefined) throw notSupported("RotationToken");
    const value = requestedValue(input);
    if (!value) throw valueMissing();
    const versionId = versionIdOf(input.ClientRequestToken);
    const version = { versionId, value, stages: input.VersionStages };
    const secret = await changeSecret(secrets, scope, input.SecretId!, caller, (now) =>
      withVersion(secrets, scope, now, version, caller),
    );
    const stages = secret.versions.find((one) => one.versionId === versionId)?.stages;
    return { ...secretView(scope, secret), VersionId: versionId, VersionStages: stages };
  };
}
