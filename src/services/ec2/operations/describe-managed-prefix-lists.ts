import type { DescribeManagedPrefixListsRequest, DescribeManagedPrefixListsResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { prefixListView } from "../prefix-lists.ts";
import type { PrefixListRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

/**
 * Those of the account; AWS's own lists are of services that are not here.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html
 */
export function describeManagedPrefixLists(ec2: Ec2) {
  return async (
    input: DescribeManagedPrefixListsRequest,
    { scope }: RequestContext,
  ): Promise<DescribeManagedPrefixListsResult> => {
    const all = await ec2.records.prefixLists.list(scopeKey(scope));
    const named = recordsByIds(all, input.PrefixListIds, "pl", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filters, filters(scope.account)), input, idOf);
    return { PrefixLists: items.map((list) => prefixListView(list, scope)), NextToken };
  };
}

const idOf = (list: PrefixListRecord) => list.prefixListId;

const filters = (account: string): FilterValues<PrefixListRecord> => ({
  "owner-id": () => [account],
  "prefix-list-id": (list) => [list.prefixListId],
  "prefix-list-name": (list) => [list.name],
});
