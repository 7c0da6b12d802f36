import type {
  GetManagedPrefixListAssociationsRequest,
  GetManagedPrefixListAssociationsResult,
} from "@aws-sdk/client-ec2";
import type { RequestContext } from "../../../wire/context.ts";
import type { Ec2 } from "../ec2.ts";
import { existing } from "../existing.ts";
import { usesOfPrefixList } from "../prefix-lists.ts";
import { page } from "../select.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListAssociations.html */
export function getManagedPrefixListAssociations(ec2: Ec2) {
  return async (
    input: GetManagedPrefixListAssociationsRequest,
    { scope }: RequestContext,
  ): Promise<GetManagedPrefixListAssociationsResult> => {
    const { prefixListId } = await existing(ec2.records.prefixLists, scope, "pl", input.PrefixListId);
    const uses = await usesOfPrefixList(ec2, scope, prefixListId); // by id: all of one kind, then of the other
    const { items, NextToken } = page(uses, input, (use) => use.resourceId);
    return {
      PrefixListAssociations: items.map(({ resourceId }) => ({ ResourceId: resourceId, ResourceOwner: scope.account })),
      NextToken,
    };
  };
}
