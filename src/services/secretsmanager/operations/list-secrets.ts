import type { ListSecretsRequest, ListSecretsResponse } from "@aws-sdk/client-secrets-manager";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { passes } from "../filters.ts";
import { page, type Place } from "../page.ts";
import type { SecretRecord } from "../records.ts";
import type { SecretsManager } from "../secrets-manager.ts";
import { listedSecret } from "../views.ts";

const DEFAULT_RESULTS = 100;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html */
export function listSecrets(secrets: SecretsManager) {
  return async (input: ListSecretsRequest, { scope }: RequestContext): Promise<ListSecretsResponse> => {
    const all = await secrets.records.secrets.list(scopeKey(scope));
    const wanted = all
      .filter(({ deletesAt }) => !deletesAt || input.IncludePlannedDeletion)
      .filter((secret) => passes(secret, input.Filters ?? []));
    const { items, next } = page(
      wanted,
      {
        limit: input.MaxResults ?? DEFAULT_RESULTS,
        token: input.NextToken,
        descending: input.SortOrder === "desc",
      },
      `secrets by ${input.SortBy ?? "created-date"}`,
      (secret) => placeOf(secret, input.SortBy),
    );
    return { SecretList: items.map((secret) => listedSecret(scope, secret)), NextToken: next };
  };
}

function placeOf(secret: SecretRecord, by: ListSecretsRequest["SortBy"]): Place {
  const dates = {
    "created-date": secret.createdAt,
    "last-changed-date": secret.changedAt,
    "last-accessed-date": secret.accessedAt,
  };
  return [by === "name" ? "" : (dates[by ?? "created-date"]?.toISOString() ?? ""), secret.name];
}
