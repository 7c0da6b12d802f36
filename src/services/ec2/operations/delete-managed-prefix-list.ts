import type { DeleteManagedPrefixListRequest, DeleteManagedPrefixListResult } from "@aws-sdk/client-ec2";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { dependencyViolation } from "../errors/security-groups.ts";
import { existing } from "../existing.ts";
import { prefixListView, usesOfPrefixList } from "../prefix-lists.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteManagedPrefixList.html */
export function deleteManagedPrefixList(ec2: Ec2) {
  return async (
    { PrefixListId = "" }: DeleteManagedPrefixListRequest,
    { scope }: RequestContext,
  ): Promise<DeleteManagedPrefixListResult> => {
    const list = await ec2.store.transaction(async () => {
      const found = await existing(ec2.records.prefixLists, scope, "pl", PrefixListId);
      if ((await usesOfPrefixList(ec2, scope, PrefixListId)).length) throw dependencyViolation(PrefixListId);
      await ec2.records.prefixLists.delete(scopeKey(scope), PrefixListId);
      return found;
    });
    return { PrefixList: prefixListView(list, scope, "delete-complete") };
  };
}
