import type { CancelRotateSecretRequest, CancelRotateSecretResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { changeSecret } from "../changes.ts";
import { noRotationFunction } from "../errors.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { PENDING } from "../versions.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html */
export function cancelRotateSecret(secrets: SecretsManager) {
  return async (
    { SecretId }: CancelRotateSecretRequest,
    { scope, caller }: RequestContext,
  ): Promise<CancelRotateSecretResponse> => {
    const secret = await changeSecret(secrets, scope, SecretId!, caller, (now) => {
      if (!now.rotation) throw noRotationFunction();
      const rotation = { ...now.rotation, enabled: false, running: undefined, nextAt: undefined };
      return { secret: { ...now, changedAt: new Date(secrets.clock.now()), rotation } };
    });
    const pending = secret.versions.find(({ stages }) => stages.includes(PENDING));
    return { ...secretView(scope, secret), VersionId: pending?.versionId };
  };
}
