import type { ListSecretVersionIdsRequest, ListSecretVersionIdsResponse } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../../wire/context.ts";
import { secretOf } from "../existing.ts";
import { page } from "../page.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { secretView } from "../views.ts";

const DEFAULT_RESULTS = 100;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecretVersionIds.html */
export function listSecretVersionIds(secrets: SecretsManager) {
  return async (
    { SecretId, MaxResults: limit = DEFAULT_RESULTS, NextToken: token, IncludeDeprecated }: ListSecretVersionIdsRequest,
    { scope }: RequestContext,
  ): Promise<ListSecretVersionIdsResponse> => {
    const secret = await secretOf(secrets, scope, SecretId!);
    const wanted = secret.versions.filter(({ stages }) => stages.length || IncludeDeprecated);
    const { items, next } = page(wanted, { limit, token }, `versions of ${secret.suffix}`, (version) => [
      version.createdAt.toISOString(),
      version.versionId,
    ]);
    return {
      ...secretView(scope, secret),
      Versions: items.map(({ versionId, stages, accessedAt, createdAt, kmsKeyArn }) => ({
        VersionId: versionId,
        ...(stages.length ? { VersionStages: stages } : {}),
        LastAccessedDate: accessedAt,
        CreatedDate: createdAt,
        KmsKeyIds: [kmsKeyArn ?? "DefaultEncryptionKey"],
      })),
      NextToken: next,
    };
  };
}
