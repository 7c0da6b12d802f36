import type { ModifyManagedPrefixListRequest, ModifyManagedPrefixListResult } from "@aws-sdk/client-ec2";
import { type Scope, scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterValue } from "../errors.ts";
import { prefixListSizeAndEntries, prefixListVersionMismatch } from "../errors/security-groups.ts";
import { existing } from "../existing.ts";
import { changedEntries, prefixListEntries, prefixListView, publishPrefixList, withVersion } from "../prefix-lists.ts";
import type { PrefixListRecord } from "../records.ts";
import { checkRuleCount } from "../security-group-peers.ts";
import { checkName, checkSize } from "./create-managed-prefix-list.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html */
export function modifyManagedPrefixList(ec2: Ec2) {
  return async (
    input: ModifyManagedPrefixListRequest,
    { scope }: RequestContext,
  ): Promise<ModifyManagedPrefixListResult> => {
    if (input.IpamPrefixListResolverSyncEnabled)
      throw invalidParameterValue("The prefix list is not the target of an IPAM prefix list resolver.");
    const list = await ec2.store.transaction(async () => {
      const found = await existing(ec2.records.prefixLists, scope, "pl", input.PrefixListId);
      if (input.CurrentVersion !== undefined && input.CurrentVersion !== found.version)
        throw prefixListVersionMismatch();
      const changed = changedList(found, input);
      if (changed.maxEntries > found.maxEntries) await checkGroups(ec2, scope, changed);
      await ec2.records.prefixLists.put(scopeKey(scope), found.prefixListId, changed);
      return changed;
    });
    await publishPrefixList(ec2, scope, list.prefixListId);
    return { PrefixList: prefixListView(list, scope) };
  };
}

function changedList(list: PrefixListRecord, input: ModifyManagedPrefixListRequest): PrefixListRecord {
  const { PrefixListName, MaxEntries, AddEntries = [], RemoveEntries = [] } = input;
  const changed: PrefixListRecord = { ...list, state: "modify-complete" };
  const present = prefixListEntries(list);
  if (PrefixListName !== undefined) {
    checkName(PrefixListName);
    changed.name = PrefixListName;
  }
  if (MaxEntries !== undefined) {
    checkSize(MaxEntries);
    if (AddEntries.length || RemoveEntries.length) throw prefixListSizeAndEntries();
    if (MaxEntries < present.length)
      throw invalidParameterValue("The maximum number of entries cannot be less than the number of entries.");
    changed.maxEntries = MaxEntries;
  }
  if (!AddEntries.length && !RemoveEntries.length) return changed;
  const removed = RemoveEntries.map(({ Cidr = "" }) => Cidr);
  return withVersion(changed, changedEntries(list, present, AddEntries, removed));
}

/** The list counts for as many rules as it may have entries, in every group that names it. */
async function checkGroups(ec2: Ec2, scope: Scope, changed: PrefixListRecord): Promise<void> {
  const others = await ec2.records.prefixLists.list(scopeKey(scope));
  const lists = [...others.filter((list) => list.prefixListId !== changed.prefixListId), changed];
  for (const group of await ec2.records.groups.list(scopeKey(scope)))
    if (group.rules.some(({ peer }) => "prefixListId" in peer && peer.prefixListId === changed.prefixListId))
      checkRuleCount(group.rules, lists);
}
