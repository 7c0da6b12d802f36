import type {
  APIErrorType,
  BatchGetSecretValueRequest,
  BatchGetSecretValueResponse,
  SecretValueEntry,
} from "@aws-sdk/client-secrets-manager";
import { AwsError } from "../../../base/errors.ts";
import { scopeKey } from "../../../base/scope.ts";
import { AccessDenied } from "../../../identity/authorization.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { readCheck } from "../authorization.ts";
import { invalidParameter, outOfBounds } from "../errors.ts";
import { livingSecret } from "../existing.ts";
import { passes } from "../filters.ts";
import { secretArn } from "../identifiers.ts";
import { page } from "../page.ts";
import { readSecret } from "../reading.ts";
import type { SecretsManager } from "../secrets-manager.ts";

const MAX_SECRETS = 20;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html */
export function batchGetSecretValue(secrets: SecretsManager) {
  return async (
    input: BatchGetSecretValueRequest,
    { scope, caller, principal, authorize }: RequestContext,
  ): Promise<BatchGetSecretValueResponse> => {
    const selection = await selected();
    const values: SecretValueEntry[] = [];
    const errors: APIErrorType[] = [];
    for (const id of selection.ids) {
      try {
        await authorize([await readCheck(secrets, { SecretId: id }, { scope, caller, principal })]);
        values.push(await readSecret(secrets, scope, await livingSecret(secrets, scope, id), {}, caller));
      } catch (cause) {
        errors.push(errorOf(id, cause));
      }
    }
    return { SecretValues: values, Errors: errors, NextToken: selection.next };

    /** The secrets of one answer. */
    async function selected(): Promise<{ ids: string[]; next: string | undefined }> {
      const { SecretIdList: list, Filters: filters, MaxResults: limit = MAX_SECRETS, NextToken: token } = input;
      if ((list === undefined) === (filters === undefined))
        throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
      if (input.MaxResults !== undefined && !filters)
        throw invalidParameter(
          "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
        );
      checkBounds(list, limit);
      if (list) return { ids: list, next: undefined };
      await authorize([{ action: "secretsmanager:ListSecrets", resources: [{ arn: "*" }] }]);
      const all = await secrets.records.secrets.list(scopeKey(scope));
      const found = all.filter((secret) => !secret.deletesAt && passes(secret, filters!));
      const { items, next } = page(found, { limit, token }, "secret values", ({ createdAt, name }) => [
        createdAt.toISOString(),
        name,
      ]);
      return { ids: items.map((secret) => secretArn(scope, secret)), next };
    }
  };
}

/** @throws AwsError ValidationException */
function checkBounds(list: readonly string[] | undefined, limit: number): void {
  const shown = `[${list?.join(", ") ?? ""}]`;
  if (list?.length === 0) throw outOfBounds("secretIdList", shown, "length greater than or equal to 1");
  if (list && list.length > MAX_SECRETS)
    throw outOfBounds("secretIdList", shown, `length less than or equal to ${MAX_SECRETS}`);
  if (limit < 1) throw outOfBounds("maxResults", String(limit), "value greater than or equal to 1");
  if (limit > MAX_SECRETS) throw outOfBounds("maxResults", String(limit), `value less than or equal to ${MAX_SECRETS}`);
}

function errorOf(SecretId: string, cause: unknown): APIErrorType {
  if (cause instanceof AccessDenied) return { SecretId, ErrorCode: "AccessDeniedException", Message: cause.message };
  if (cause instanceof AwsError) return { SecretId, ErrorCode: cause.code, Message: cause.message };
  throw cause;
}
