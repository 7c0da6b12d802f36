import { expect, test } from "vitest";
import type { VpcTopology } from "../backend.ts";
import { routingChanges, wantedRouting, type RoutingPlace } from "./routes.ts";

const subnet = { subnetId: "subnet-1", cidrBlock: "10.0.0.0/24", routeTableId: "rtb-0000000a", networkAclId: "acl-1" };
const topology: VpcTopology = {
  vpcId: "vpc-1",
  cidrBlocks: ["10.0.0.0/16"],
  ipv6CidrBlocks: ["fd00:0::/56"],
  dnsSupport: true,
  subnets: [{ ...subnet, ipv6CidrBlock: "fd00::/64" }],
  routeTables: [
    {
      routeTableId: "rtb-0000000a",
      routes: [
        { destination: "0.0.0.0/0", target: { kind: "internet" } },
        { destination: "10.9.0.0/16", target: { kind: "peering", peeringId: "pcx-0123456789abcdef0" } },
        { destination: "192.0.2.7/32", target: { kind: "interface", interfaceId: "eni-gone" } },
        { destination: "::/0", target: { kind: "egress-only-internet" } },
      ],
    },
  ],
  networkAcls: [],
  prefixLists: [],
  peerings: [],
  captureFlows: false,
};
const place: RoutingPlace = { topology, interfaces: new Map(), hostAddress: "198.18.0.1", isLinked: () => true };

test("IPv4: a table for the subnet, the VPC's own ranges stay inside, what is missing leads nowhere", () => {
  const { routes, rules } = wantedRouting(place, 4);
  expect(Object.fromEntries(routes)).toEqual({
    "table main 10.0.0.0/16": "blackhole",
    "table main 169.254.0.0/16": "blackhole",
    "table 900 default": "via 198.18.0.1 dev uplink",
    "table 1005 default": "via 198.18.0.1 dev uplink",
    "table 1005 10.9.0.0/16": "via 169.254.0.1 dev p3456789abcdef0",
    "table 1005 192.0.2.7": "blackhole",
  });
  expect(rules).toContain("pref 200 from 10.0.0.0/24 lookup 1005");
});

test("IPv6 has its own routes, written as the kernel writes them", () => {
  const { routes, rules } = wantedRouting(place, 6);
  expect(Object.fromEntries(routes)).toEqual({
    "table main fd00::/56": "blackhole",
    "table 900 default": "via fe80::1 dev uplink",
    "table 1005 default": "via fe80::1 dev uplink",
  });
  expect(rules).toContain("pref 200 from fd00::/64 lookup 1005");
});

test("only what differs is changed: new before old goes", () => {
  const present = wantedRouting(place, 4);
  expect(routingChanges(present, present)).toEqual([]);
  const moved = { ...topology, subnets: [{ ...subnet, routeTableId: "rtb-0000000c" }] };
  moved.routeTables = [
    { routeTableId: "rtb-0000000c", routes: [{ destination: "10.9.0.0/16", target: { kind: "blackhole" } }] },
  ];
  expect(routingChanges(present, wantedRouting({ ...place, topology: moved }, 4))).toEqual([
    "route replace blackhole default table 1006",
    "route replace blackhole 10.9.0.0/16 table 1006",
    "rule add pref 200 from 10.0.0.0/24 lookup 1006",
    "rule delete pref 200 from 10.0.0.0/24 lookup 1005",
    "route delete default via 198.18.0.1 dev uplink onlink table 1005",
    "route delete 10.9.0.0/16 via 169.254.0.1 dev p3456789abcdef0 onlink table 1005",
    "route delete blackhole 192.0.2.7 table 1005",
  ]);
});
