import type { DescribeSecretRequest, DescribeSecretResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { secretOf } from "../existing.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { describedSecret } from "../views.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
export function describeSecret(secrets: SecretsManager) {
  return async ({ SecretId }: DescribeSecretRequest, { scope }: RequestContext): Promise<DescribeSecretResponse> =>
    await describedSecret(secrets, scope, await secretOf(secrets, scope, SecretId!));
}
