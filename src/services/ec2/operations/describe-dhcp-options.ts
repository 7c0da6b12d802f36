import type { DescribeDhcpOptionsRequest, DescribeDhcpOptionsResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { dhcpOptionsView } from "../dhcp-options.ts";
import type { Ec2 } from "../ec2.ts";
import type { DhcpOptionsRecord } from "../records.ts";
import { filterRecords, type FilterValues, page, recordsByIds } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeDhcpOptions.html */
export function describeDhcpOptions(ec2: Ec2) {
  return async (input: DescribeDhcpOptionsRequest, { scope }: RequestContext): Promise<DescribeDhcpOptionsResult> => {
    await ec2.ensureRegion(scope);
    const all = await ec2.records.dhcpOptions.list(scopeKey(scope));
    const named = recordsByIds(all, input.DhcpOptionsIds, "dopt", idOf);
    const { items, NextToken } = page(filterRecords(named, input.Filters, filters(scope.account)), input, idOf);
    return { DhcpOptions: items.map((options) => dhcpOptionsView(options, scope)), NextToken };
  };
}

const idOf = (options: DhcpOptionsRecord) => options.dhcpOptionsId;

function filters(account: string): FilterValues<DhcpOptionsRecord> {
  return {
    "dhcp-options-id": (options) => [options.dhcpOptionsId],
    key: (options) => options.configurations.map(({ key }) => key),
    "owner-id": () => [account],
    value: (options) => options.configurations.flatMap(({ values }) => values),
  };
}
