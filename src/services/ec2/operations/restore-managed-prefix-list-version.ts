import type {
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult,
} from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { prefixListFull, prefixListVersionMismatch, prefixListVersionNotFound } from "../errors/security-groups.ts";
import { existing } from "../existing.ts";
import { prefixListView, publishPrefixList, withVersion } from "../prefix-lists.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreManagedPrefixListVersion.html */
export function restoreManagedPrefixListVersion(ec2: Ec2) {
  return async (
    { PrefixListId = "", PreviousVersion, CurrentVersion }: RestoreManagedPrefixListVersionRequest,
    { scope }: RequestContext,
  ): Promise<RestoreManagedPrefixListVersionResult> => {
    const list = await ec2.store.transaction(async () => {
      const found = await existing(ec2.records.prefixLists, scope, "pl", PrefixListId);
      if (CurrentVersion !== found.version) throw prefixListVersionMismatch();
      const previous = found.versions.find(({ version }) => version === PreviousVersion);
      if (!previous || previous.version === found.version) throw prefixListVersionNotFound();
      if (previous.entries.length > found.maxEntries) throw prefixListFull();
      const restored = withVersion({ ...found, state: "restore-complete" }, previous.entries);
      await ec2.records.prefixLists.put(scopeKey(scope), PrefixListId, restored);
      return restored;
    });
    await publishPrefixList(ec2, scope, PrefixListId);
    return { PrefixList: prefixListView(list, scope) };
  };
}
