import type { ListGrantsResponse, ListRetirableGrantsRequest } from "@aws-sdk/client-kms";
import { parseScopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { grantEntry } from "../grant-entries.ts";
import type { Kms } from "../kms.ts";
import { pageOf } from "../page.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListRetirableGrants.html: on keys of all accounts, in the Region */
export function listRetirableGrants(kms: Kms) {
  return async (input: ListRetirableGrantsRequest, { scope }: RequestContext): Promise<ListGrantsResponse> => {
    const { RetiringPrincipal: retiringPrincipal = "" } = input;
    const grants = await kms.records.grants.listAll({ where: { retiringPrincipal } });
    const here = grants
      .map(({ scope: at, document }) => ({ scope: parseScopeKey(at), grant: document }))
      .filter((entry) => entry.scope.region === scope.region)
      .toSorted((a, b) => (a.grant.grantId < b.grant.grantId ? -1 : 1));
    const { items, rest } = pageOf(`retirable ${retiringPrincipal}`, here, ({ grant }) => grant.grantId, input, 50);
    return { Grants: items.map((entry) => grantEntry(entry.scope, entry.grant)), ...rest };
  };
}
