import type { CreateManagedPrefixListRequest, CreateManagedPrefixListResult } from "@aws-sdk/client-ec2";
import { ec2Id } from "../../../base/ids.ts";
import { scopeKey } from "../../../base/scope.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { madeEarlier } from "../client-tokens.ts";
import type { Ec2 } from "../ec2.ts";
import { invalidParameterValue } from "../errors.ts";
import { changedEntries, prefixListView } from "../prefix-lists.ts";
import type { PrefixListRecord } from "../records.ts";
import { specifiedTags } from "../tags.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html */
export function createManagedPrefixList(ec2: Ec2) {
  return async (
    input: CreateManagedPrefixListRequest,
    { scope }: RequestContext,
  ): Promise<CreateManagedPrefixListResult> => {
    const { PrefixListName = "", AddressFamily = "", MaxEntries = 0, Entries = [], ClientToken } = input;
    checkName(PrefixListName);
    checkSize(MaxEntries);
    if (AddressFamily !== "IPv4" && AddressFamily !== "IPv6")
      throw invalidParameterValue(
        `Value (${AddressFamily}) for parameter AddressFamily is invalid. Valid values: IPv4, IPv6.`,
      );
    const tags = specifiedTags(input.TagSpecifications, "prefix-list");
    const settings = { name: PrefixListName, addressFamily: AddressFamily, maxEntries: MaxEntries } as const;
    const entries = changedEntries(settings, [], Entries, []);
    const list = await ec2.store.transaction(async () => {
      const known = madeEarlier(
        await ec2.records.prefixLists.list(scopeKey(scope)),
        ClientToken,
        (each) => each.name === PrefixListName && each.addressFamily === AddressFamily,
      );
      if (known) return known;
      const record: PrefixListRecord = {
        ...settings,
        prefixListId: ec2Id(ec2.ids, "pl"),
        state: "create-complete",
        version: 1,
        versions: [{ version: 1, entries }],
        ...(ClientToken ? { clientToken: ClientToken } : {}),
        tags,
      };
      await ec2.records.prefixLists.insert(scopeKey(scope), record.prefixListId, record);
      return record;
    });
    return { PrefixList: prefixListView(list, scope) };
  };
}

/** @throws AwsError InvalidParameterValue */
export function checkName(name: string): void {
  if (!name || name.length > 255) throw invalidParameterValue("A prefix list name must have 1 to 255 characters.");
  if (name.startsWith("com.amazonaws"))
    throw invalidParameterValue("A prefix list name cannot start with com.amazonaws.");
}

/** @throws AwsError InvalidParameterValue */
export function checkSize(maxEntries: number): void {
  if (!(maxEntries >= 1 && maxEntries <= 1000))
    throw invalidParameterValue("Must specify a max size between 1 and 1000");
}
