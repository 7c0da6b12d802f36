import { expect, test } from "vitest";
import { changedEntries } from "./prefix-lists.ts";
import type { PrefixListRecord, RulePeer, RuleRecord } from "./records.ts";
import { checkRuleCount } from "./security-group-peers.ts";

const list = { addressFamily: "IPv4", maxEntries: 3 } as const;
const present = [{ cidr: "10.0.0.0/8", description: "old" }, { cidr: "192.0.2.0/24" }];

test.each<[string, Parameters<typeof changedEntries>, object[]]>([
  ["adds", [list, present, [{ Cidr: "10.1.2.3/16" }], []], [...present, { cidr: "10.1.0.0/16" }]],
  ["removes", [list, present, [], ["10.0.0.0/8"]], [present[1]!]],
  [
    "replaces what is full",
    [{ ...list, maxEntries: 2 }, present, [{ Cidr: "10.1.0.0/16", Description: "x" }], ["10.0.0.0/8"]],
    [present[1]!, { cidr: "10.1.0.0/16", description: "x" }],
  ],
  [
    "describes anew",
    [list, present, [{ Cidr: "10.0.0.0/8", Description: "new" }], []],
    [{ cidr: "10.0.0.0/8", description: "new" }, present[1]!],
  ],
  [
    "takes IPv6",
    [{ ...list, addressFamily: "IPv6" }, [], [{ Cidr: "2001:DB8::/32" }], []],
    [{ cidr: "2001:db8::/32" }],
  ],
])("%s", (_, args, expected) => expect(changedEntries(...args)).toEqual(expected));

test.each<[string, Parameters<typeof changedEntries>, string]>([
  ["too many", [list, present, [{ Cidr: "10.1.0.0/16" }, { Cidr: "10.2.0.0/16" }], []], "PrefixListMaxEntriesExceeded"],
  ["another family", [list, [], [{ Cidr: "::/0" }], []], "InvalidParameterValue"],
  ["no block", [list, [], [{ Cidr: "10.0.0.0" }], []], "InvalidParameterValue"],
  ["a block twice", [list, [], [{ Cidr: "10.0.0.0/8" }, { Cidr: "10.0.0.0/8" }], []], "InvalidParameterValue"],
  ["in and out", [list, present, [{ Cidr: "10.0.0.0/8" }], ["10.0.0.0/8"]], "InvalidParameterValue"],
  ["out what is not in", [list, present, [], ["10.9.0.0/16"]], "InvalidParameterValue"],
])("refuses %s", (_, args, code) => {
  expect(() => changedEntries(...args)).toThrow(expect.objectContaining({ code }) as Error);
});

const lists = [
  { prefixListId: "pl-4", addressFamily: "IPv4", maxEntries: 50 },
  { prefixListId: "pl-6", addressFamily: "IPv6", maxEntries: 60 },
] as PrefixListRecord[];
const rules = (count: number, peer: RulePeer, isEgress = false): RuleRecord[] =>
  Array.from({ length: count }, () => ({ peer, isEgress }) as RuleRecord);

test.each<[string, RuleRecord[], boolean]>([
  ["60 of IPv4 and 60 of IPv6", [...rules(60, { cidrIpv4: "" }), ...rules(60, { cidrIpv6: "" })], true],
  ["60 in each direction", [...rules(60, { cidrIpv4: "" }), ...rules(60, { cidrIpv4: "" }, true)], true],
  ["61", rules(61, { cidrIpv4: "" }), false],
  ["groups count for both", [...rules(30, { cidrIpv6: "" }), ...rules(31, { groupId: "" })], false],
  ["a list counts as it may grow", [...rules(10, { cidrIpv4: "" }), ...rules(1, { prefixListId: "pl-4" })], true],
  ["and not less", [...rules(11, { cidrIpv4: "" }), ...rules(1, { prefixListId: "pl-4" })], false],
  ["in its own family", [...rules(60, { cidrIpv4: "" }), ...rules(1, { prefixListId: "pl-6" })], true],
])("%s", (_, given, allowed) => {
  const check = () => checkRuleCount(given, lists);
  if (allowed) expect(check).not.toThrow();
  else expect(check).toThrow(expect.objectContaining({ code: "RulesPerSecurityGroupLimitExceeded" }) as Error);
});
