import type { ListGrantsRequest, ListGrantsResponse } from "@aws-sdk/client-kms";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { notBuilt } from "../errors.ts";
import { grantEntry } from "../grant-entries.ts";
import { findKey } from "../key-reference.ts";
import type { Kms } from "../kms.ts";
import { pageOf } from "../page.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html */
export function listGrants(kms: Kms) {
  return async (input: ListGrantsRequest, context: RequestContext): Promise<ListGrantsResponse> => {
    if (input.GranteeServicePrincipal !== undefined) throw notBuilt("A grant to a service principal");
    const { key, scope } = await findKey(kms, context.scope, input.KeyId!);
    const grants = await kms.records.grants.list(scopeKey(scope), { where: { keyId: key.keyId } });
    const wanted = grants.filter(
      ({ grantId, granteePrincipal }) =>
        (input.GrantId === undefined || grantId === input.GrantId) &&
        (input.GranteePrincipal === undefined || granteePrincipal === input.GranteePrincipal),
    );
    const { items, rest } = pageOf(`grants ${key.keyId}`, wanted, ({ grantId }) => grantId, input, 50);
    return { Grants: items.map((grant) => grantEntry(scope, grant)), ...rest };
  };
}
