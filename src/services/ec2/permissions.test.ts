import type { IpPermission } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { mergedPermissions, ruleView } from "./permission-views.ts";
import { describeRule, type PeerLookup, permissionOfRule, requestedRules } from "./permissions.ts";
import type { RuleRecord } from "./records.ts";

const lookup: PeerLookup = {
  group: async ({ GroupId = "" }) => ({ groupId: GroupId }),
  prefixList: async (prefixListId) => ({ prefixListId }),
};
const anywhere = { IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const rule = (protocol: string, fromPort: number, toPort: number, peer: object = { cidrIpv4: "0.0.0.0/0" }) => ({
  protocol,
  fromPort,
  toPort,
  peer,
});

test.each<[string, IpPermission, object[]]>([
  ["ports", { IpProtocol: "tcp", FromPort: 80, ToPort: 90, ...anywhere }, [rule("tcp", 80, 90)]],
  ["a protocol's number", { IpProtocol: "6", FromPort: 80, ToPort: 80, ...anywhere }, [rule("tcp", 80, 80)]],
  ["everything", { IpProtocol: "-1", FromPort: 80, ToPort: 80, ...anywhere }, [rule("-1", -1, -1)]],
  ["any ICMP", { IpProtocol: "icmp", ...anywhere }, [rule("icmp", -1, -1)]],
  ["an echo request", { IpProtocol: "icmp", FromPort: 8, ToPort: -1, ...anywhere }, [rule("icmp", 8, -1)]],
  ["another protocol", { IpProtocol: "50", ...anywhere }, [rule("50", -1, -1)]],
  [
    "host bits are cut off",
    { IpProtocol: "-1", IpRanges: [{ CidrIp: "10.1.2.3/16" }], Ipv6Ranges: [{ CidrIpv6: "2001:DB8:0:1::9/48" }] },
    [rule("-1", -1, -1, { cidrIpv4: "10.1.0.0/16" }), rule("-1", -1, -1, { cidrIpv6: "2001:db8::/48" })],
  ],
  ["all of IPv6", { IpProtocol: "-1", Ipv6Ranges: [{ CidrIpv6: "::/0" }] }, [rule("-1", -1, -1, { cidrIpv6: "::/0" })]],
  [
    "a group with a description",
    { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: "sg-1", Description: "the web" }] },
    [{ ...rule("-1", -1, -1, { groupId: "sg-1" }), description: "the web" }],
  ],
  [
    "a prefix list with a description",
    { IpProtocol: "udp", FromPort: 53, ToPort: 53, PrefixListIds: [{ PrefixListId: "pl-1", Description: "ours" }] },
    [{ ...rule("udp", 53, 53, { prefixListId: "pl-1" }), description: "ours" }],
  ],
  [
    "one rule by its members",
    permissionOfRule({ IpProtocol: "tcp", FromPort: 1, ToPort: 2, ReferencedGroupId: "sg-1", Description: "x" }),
    [{ ...rule("tcp", 1, 2, { groupId: "sg-1" }), description: "x" }],
  ],
])("reads %s", async (_, permission, expected) => {
  expect(await requestedRules([permission], lookup)).toEqual(expected);
});

test.each<[IpPermission, string]>([
  [
    { IpProtocol: "tcp", ...anywhere },
    "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
  ],
  [{ IpProtocol: "tcp", FromPort: -1, ToPort: -1, ...anywhere }, "TCP/UDP (from) port (-1) out of range"],
  [{ IpProtocol: "udp", FromPort: 1, ToPort: 65536, ...anywhere }, "TCP/UDP (to) port (65536) out of range"],
  [{ IpProtocol: "tcp", FromPort: 90, ToPort: 80, ...anywhere }, "Invalid TCP/UDP port range (90:80)"],
  [{ IpProtocol: "tpc", ...anywhere }, "Invalid value 'tpc' for IP protocol. Unknown protocol."],
  [{ IpProtocol: "256", ...anywhere }, "Invalid value '256' for IP protocol. Unknown protocol."],
  [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0/33" }] }, "CIDR block 10.0.0.0/33 is malformed"],
  [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0" }] }, "CIDR block 10.0.0.0 is malformed"],
  [{ IpProtocol: "-1", Ipv6Ranges: [{ CidrIpv6: "10.0.0.0/8" }] }, "CIDR block 10.0.0.0/8 is malformed"],
  [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "a<b" }] }, "Invalid rule description."],
])("refuses %j", async (permission, message) => {
  await expect(requestedRules([permission], lookup)).rejects.toThrow(message);
});

test.each<[Parameters<typeof describeRule>[0], string]>([
  [
    { protocol: "tcp", fromPort: 22, toPort: 22, peer: { cidrIpv4: "0.0.0.0/0" } },
    "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW",
  ],
  [{ protocol: "-1", fromPort: -1, toPort: -1, peer: { groupId: "sg-1" } }, "peer: sg-1, ALL, ALLOW"],
  [{ protocol: "50", fromPort: -1, toPort: -1, peer: { cidrIpv6: "::/0" } }, "peer: ::/0, protocol: 50, ALLOW"],
])("describes %j", (given, text) => expect(describeRule(given)).toBe(text));

test("rules of one port range are one permission", () => {
  const record = (peer: RuleRecord["peer"], description?: string): RuleRecord => ({
    ruleId: "sgr-1",
    isEgress: false,
    protocol: "tcp",
    fromPort: 80,
    toPort: 80,
    peer,
    description,
    tags: [],
  });
  const all: RuleRecord = { ...record({ cidrIpv4: "0.0.0.0/0" }), protocol: "-1", fromPort: -1, toPort: -1 };
  const peering = { peeringId: "pcx-1", vpcId: "vpc-1", userId: "2" };
  const records = [record({ cidrIpv4: "10.0.0.0/8" }, "x"), record({ groupId: "sg-1" }), all];
  const merged = mergedPermissions([...records, record({ groupId: "sg-2", peering })], "1", new Map());
  expect(merged).toEqual([
    {
      IpProtocol: "tcp",
      FromPort: 80,
      ToPort: 80,
      IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "x" }],
      UserIdGroupPairs: [
        { GroupId: "sg-1", UserId: "1", Description: undefined },
        {
          GroupId: "sg-2",
          UserId: "2",
          VpcId: "vpc-1",
          VpcPeeringConnectionId: "pcx-1",
          PeeringStatus: "deleted",
          Description: undefined,
        },
      ],
      Ipv6Ranges: [],
      PrefixListIds: [],
    },
    { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }], UserIdGroupPairs: [], Ipv6Ranges: [], PrefixListIds: [] },
  ]);
  const scope = { account: "1", region: "eu-central-1" };
  const view = ruleView(record({ groupId: "sg-2", peering }), "sg-3", scope, new Map([["pcx-1", "active"]]));
  expect(view.ReferencedGroupInfo).toEqual({
    GroupId: "sg-2",
    UserId: "2",
    VpcId: "vpc-1",
    VpcPeeringConnectionId: "pcx-1",
    PeeringStatus: "active",
  });
});
