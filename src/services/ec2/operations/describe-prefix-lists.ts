import type { DescribePrefixListsRequest, DescribePrefixListsResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { prefixListEntries } from "../prefix-lists.ts";
import type { PrefixListRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribePrefixLists.html */
export function describePrefixLists(ec2: Ec2) {
  return async (input: DescribePrefixListsRequest, { scope }: RequestContext): Promise<DescribePrefixListsResult> => {
    const all = await ec2.records.prefixLists.list(scopeKey(scope));
    const named = recordsByIds(all, input.PrefixListIds, "pl", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filters, FILTERS), input, idOf);
    return {
      PrefixLists: items.map((list) => ({
        PrefixListId: list.prefixListId,
        PrefixListName: list.name,
        Cidrs: prefixListEntries(list).map((entry) => entry.cidr),
      })),
      NextToken,
    };
  };
}

const idOf = (list: PrefixListRecord) => list.prefixListId;

const FILTERS: FilterValues<PrefixListRecord> = {
  "prefix-list-id": (list) => [list.prefixListId],
  "prefix-list-name": (list) => [list.name],
};
