import type { GetManagedPrefixListEntriesRequest, GetManagedPrefixListEntriesResult } from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { prefixListVersionNotFound } from "../errors/security-groups.ts";
import { existing } from "../existing.ts";
import { page } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html */
export function getManagedPrefixListEntries(ec2: Ec2) {
  return async (
    input: GetManagedPrefixListEntriesRequest,
    { scope }: RequestContext,
  ): Promise<GetManagedPrefixListEntriesResult> => {
    const list = await existing(ec2.records.prefixLists, scope, "pl", input.PrefixListId);
    const target = input.TargetVersion ?? list.version;
    const found = list.versions.find(({ version }) => version === target);
    if (!found) throw prefixListVersionNotFound();
    const entries = found.entries.toSorted((a, b) => (a.cidr < b.cidr ? -1 : 1));
    const { items, NextToken } = page(entries, input, (entry) => entry.cidr);
    return {
      Entries: items.map(({ cidr, description }) => ({ Cidr: cidr, Description: description })),
      NextToken,
    };
  };
}
