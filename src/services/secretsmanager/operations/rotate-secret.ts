import type { RotateSecretRequest, RotateSecretResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { changeSecret } from "../changes.ts";
import { invalidParameter, noRotationFunction, notSupported, rotationIncomplete, tokenMissing } from "../errors.ts";
import type { RotationRecord } from "../records.ts";
import { withRotation } from "../rotation.ts";
import { checkRules, nextRotation } from "../schedule.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { CURRENT, PENDING } from "../versions.ts";
import { secretView } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html */
export function rotateSecret(secrets: SecretsManager) {
  return async (input: RotateSecretRequest, { scope, caller }: RequestContext): Promise<RotateSecretResponse> => {
    if (input.ExternalSecretRotationMetadata || input.ExternalSecretRotationRoleArn !== undefined)
      throw notSupported("The rotation of external secrets");
    const versionId = input.ClientRequestToken;
    if (versionId === undefined) throw invalidParameter(tokenMissing().message);
    if (input.RotationRules) checkRules(input.RotationRules);
    const trial = input.RotateImmediately === false;
    const secret = await changeSecret(secrets, scope, input.SecretId!, caller, async (now) => {
      const lambdaArn = input.RotationLambdaARN ?? now.rotation?.lambdaArn;
      if (!lambdaArn) throw noRotationFunction();
      await secrets.functions.check(lambdaArn);
      const rules = input.RotationRules ?? now.rotation?.rules;
      const rotation: RotationRecord = {
        enabled: true,
        lambdaArn,
        rules,
        rotatedAt: now.rotation?.rotatedAt,
        nextAt: rules && nextRotation(rules, new Date(secrets.clock.now())),
      };
      const pending = now.versions.find(({ stages }) => stages.includes(PENDING) && !stages.includes(CURRENT));
      const running = pending ? { versionId: pending.versionId, trial: false } : { versionId, trial };
      return { secret: withRotation(secrets, now, rotation, running) };
    });
    if (secret.rotation?.running?.versionId !== versionId) throw rotationIncomplete();
    return { ...secretView(scope, secret), VersionId: versionId };
  };
}
