import type { AddPrefixListEntry, ManagedPrefixList } from "@aws-sdk/client-ec2";
import { formatArn } from "../../base/arn.ts";
import { type Scope, scopeKey } from "../../base/scope.ts";
import { formatCidr, parseCidr } from "../../network/ipv4.ts";
import type { Ec2 } from "./ec2.ts";
import { invalidParameterValue } from "./errors.ts";
import { prefixListFull } from "./errors/security-groups.ts";
import { parseIpv6Cidr } from "./ipv6.ts";
import type { PrefixListRecord } from "./records.ts";

export type PrefixListEntryRecord = PrefixListRecord["versions"][number]["entries"][number];

/** What names a list. */
export interface PrefixListUse {
  /** Of a security group or a route table. */
  resourceId: string;
  vpcId: string;
}

/** The entries of a list's current version. */
export function prefixListEntries(list: PrefixListRecord): PrefixListRecord["versions"][number]["entries"] {
  return list.versions.at(-1)?.entries ?? [];
}

/**
 * The block of an entry without host bits.
 * @throws AwsError InvalidParameterValue when it is none of the list's family
 */
export function entryCidr(text: string, family: PrefixListRecord["addressFamily"]): string {
  const block = family === "IPv4" ? parseCidr(text) : undefined;
  const cidr = block ? formatCidr(block) : family === "IPv6" ? parseIpv6Cidr(text) : undefined;
  if (cidr === undefined)
    throw invalidParameterValue(`The CIDR ${text} is invalid for a prefix list of address family ${family}.`);
  return cidr;
}

/**
 * Entries with some taken out and others put in; an entry that is there gets the new description.
 * @throws AwsError InvalidParameterValue, PrefixListMaxEntriesExceeded
 */
export function changedEntries(
  list: Pick<PrefixListRecord, "addressFamily" | "maxEntries">,
  present: readonly PrefixListEntryRecord[],
  added: readonly AddPrefixListEntry[],
  removed: readonly string[],
): PrefixListEntryRecord[] {
  const entries = new Map(present.map((entry) => [entry.cidr, entry]));
  const gone = new Set(removed.map((cidr) => entryCidr(cidr, list.addressFamily)));
  for (const cidr of gone)
    if (!entries.delete(cidr)) throw invalidParameterValue(`The prefix list has no entry with the CIDR ${cidr}.`);
  const seen = new Set<string>();
  for (const { Cidr = "", Description: description } of added) {
    const cidr = entryCidr(Cidr, list.addressFamily);
    if (gone.has(cidr))
      throw invalidParameterValue(
        `Request cannot contain Cidr ${cidr} in both AddPrefixListEntries and RemovePrefixListEntries`,
      );
    if (seen.has(cidr)) throw invalidParameterValue(`Request cannot contain duplicate Cidr ${cidr}`);
    if (description !== undefined && description.length > 255)
      throw invalidParameterValue("The description of an entry cannot be longer than 255 characters.");
    seen.add(cidr);
    entries.set(cidr, { cidr, ...(description === undefined ? {} : { description }) });
  }
  if (entries.size > list.maxEntries) throw prefixListFull();
  return [...entries.values()];
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: the oldest makes room for a new one. */
const MAX_VERSIONS = 1000;

/** The list with a new version, which is its current one from then on. */
export function withVersion(list: PrefixListRecord, entries: PrefixListEntryRecord[]): PrefixListRecord {
  const version = list.version + 1;
  return { ...list, version, versions: [...list.versions, { version, entries }].slice(-MAX_VERSIONS) };
}

/** The groups with rules, and the route tables with routes, that name a list. */
export async function usesOfPrefixList(ec2: Ec2, scope: Scope, prefixListId: string): Promise<PrefixListUse[]> {
  const key = scopeKey(scope);
  const [groups, tables] = await Promise.all([ec2.records.groups.list(key), ec2.records.routeTables.list(key)]);
  const ofGroups = groups.filter(({ rules }) =>
    rules.some(({ peer }) => "prefixListId" in peer && peer.prefixListId === prefixListId),
  );
  const ofTables = tables.filter(({ routes }) => routes.some((route) => route.destination === prefixListId));
  return [
    ...ofTables.map(({ routeTableId, vpcId }) => ({ resourceId: routeTableId, vpcId })),
    ...ofGroups.map(({ groupId, vpcId }) => ({ resourceId: groupId, vpcId })),
  ];
}

/** Brings a list, as it is stored now, to every VPC that uses it. Resolves when it holds there. */
export async function publishPrefixList(ec2: Ec2, scope: Scope, prefixListId: string): Promise<void> {
  const vpcIds = new Set((await usesOfPrefixList(ec2, scope, prefixListId)).map((use) => use.vpcId));
  await Promise.all([...vpcIds].map((vpcId) => ec2.publishTopology(scope, vpcId)));
}

/** A list as the API shows it. */
export function prefixListView(
  list: PrefixListRecord,
  scope: Scope,
  state: ManagedPrefixList["State"] = list.state,
): ManagedPrefixList {
  return {
    PrefixListId: list.prefixListId,
    AddressFamily: list.addressFamily,
    State: state,
    PrefixListArn: formatArn("ec2", scope, `prefix-list/${list.prefixListId}`),
    PrefixListName: list.name,
    MaxEntries: list.maxEntries,
    Version: list.version,
    Tags: list.tags,
    OwnerId: scope.account,
  };
}
