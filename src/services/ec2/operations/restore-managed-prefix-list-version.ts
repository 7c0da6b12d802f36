import type {
  RestoreManagedPrefixListVersionRequest,
  RestoreManagedPrefixListVersionResult,
} from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { prefixListFull, prefixListVersionMismatch, prefixListVersionNotFound } from "../errors/security-groups.ts";
import { prefixListView, publishPrefixList, requirePrefixList } from "../prefix-lists.ts";
import type { PrefixListRecord } from "../store.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreManagedPrefixListVersion.html */
export function restoreManagedPrefixListVersion(ec2: Ec2) {
  return async (
    { PrefixListId = "", PreviousVersion, CurrentVersion }: RestoreManagedPrefixListVersionRequest,
    { scope }: RequestContext,
  ): Promise<RestoreManagedPrefixListVersionResult> => {
    const list = await ec2.store.transaction(async () => {
      const found = await requirePrefixList(ec2, scope, PrefixListId);
      if (CurrentVersion !== found.version) throw prefixListVersionMismatch();
      const previous = found.versions.find(({ version }) => version === PreviousVersion);
      if (!previous || previous.version === found.version) throw prefixListVersionNotFound();
      if (previous.entries.length > found.maxEntries) throw prefixListFull();
      const version = found.version + 1;
      const versions = [...found.versions, { version, entries: previous.entries }];
      const restored: PrefixListRecord = { ...found, state: "restore-complete", version, versions };
      await ec2.records.prefixLists.put(scopeKey(scope), PrefixListId, restored);
      return restored;
    });
    await publishPrefixList(ec2, scope, PrefixListId);
    return { PrefixList: prefixListView(list, scope) };
  };
}
