import type { ListKeysRequest, ListKeysResponse } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { keyArn } from "../arns.ts";
import type { Kms } from "../kms.ts";
import { pageOf } from "../page.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html */
export function listKeys(kms: Kms) {
  return async (input: ListKeysRequest, { scope }: RequestContext): Promise<ListKeysResponse> => {
    const ids = await kms.records.keys.listIds(scopeKey(scope), {});
    const { items, rest } = pageOf("keys", ids, (id) => id, input);
    return { Keys: items.map((KeyId) => ({ KeyId, KeyArn: keyArn(scope, KeyId) })), ...rest };
  };
}
