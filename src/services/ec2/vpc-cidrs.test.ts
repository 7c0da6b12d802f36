import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { SimulatedNetwork } from "../../network/simulated.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import { Ec2 } from "./ec2.ts";
import type { VpcRecord } from "./records.ts";
import { checkSecondaryBlock, newIpv6VpcBlock, requestedVpcBlock } from "./vpc-cidrs.ts";

/** The pool of a test has room for four VPCs. */
class SmallPool extends SimulatedNetwork {
  override ipv6Pool(): string {
    return "fd00:6e67:1:c00::/54";
  }
}

let store: Store;
let ec2: Ec2;
beforeEach(async () => {
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  const network = new SmallPool("203.0.113.0/24");
  ec2 = new Ec2({ store, network, clock: systemClock, ids: randomIds, log: silentLogger });
  await store.open();
});
afterEach(() => store.close());

function vpcWith(...blocks: string[]): VpcRecord {
  return {
    vpcId: "vpc-0a",
    cidrBlocks: blocks.map((cidrBlock, i) => ({ associationId: `vpc-cidr-assoc-${i}`, cidrBlock })),
    ipv6CidrBlocks: [],
    dhcpOptionsId: "default",
    enableDnsSupport: true,
    enableDnsHostnames: false,
    isDefault: false,
    tags: [],
  };
}

test.each([
  ["10.0.0.0/16", "10.0.0.0/16"],
  ["10.0.5.6/16", "10.0.0.0/16"],
  ["172.31.0.0/28", "172.31.0.0/28"],
  ["8.8.0.0/20", "8.8.0.0/20"],
])("a VPC may have %s", (asked, made) => {
  expect(requestedVpcBlock(ec2, asked)).toBe(made);
});

test.each(["10.0.0.0/15", "10.0.0.0/29", "127.0.0.0/16", "169.254.0.0/24", "224.0.0.0/16", "255.255.0.0/16"])(
  "a VPC may not have %s",
  (asked) => {
    expect(() => requestedVpcBlock(ec2, asked)).toThrow(`The CIDR '${asked}' is invalid.`);
  },
);

test.each(["198.18.0.0/16", "198.19.4.0/24", "203.0.113.0/24"])("%s is the engine's own", (asked) => {
  expect(() => requestedVpcBlock(ec2, asked)).toThrow(`The CIDR '${asked}' is restricted.`);
});

test.each([
  ["10.4.0.0/16", "10.5.0.0/16"],
  ["10.4.0.0/16", "100.64.0.0/16"],
  ["10.4.0.0/16", "8.8.0.0/16"],
  ["172.20.0.0/16", "172.21.0.0/16"],
  ["192.168.0.0/24", "192.168.1.0/24"],
  ["100.64.0.0/16", "8.8.0.0/16"],
])("a VPC of %s may also have %s", async (primary, further) => {
  await expect(checkSecondaryBlock(ec2, vpcWith(primary), further)).resolves.toBeUndefined();
});

test.each([
  ["10.4.0.0/16", "172.20.0.0/16"],
  ["10.4.0.0/16", "192.168.0.0/16"],
  ["10.1.0.0/16", "10.0.0.0/16"],
  ["172.20.0.0/16", "172.31.0.0/16"],
  ["172.20.0.0/16", "10.0.0.0/16"],
  ["192.168.0.0/24", "10.0.0.0/16"],
  ["100.64.0.0/16", "10.0.0.0/16"],
  ["8.8.0.0/16", "192.168.0.0/16"],
])("a VPC of %s may not have %s", async (primary, further) => {
  await expect(checkSecondaryBlock(ec2, vpcWith(primary), further)).rejects.toMatchObject({
    code: "InvalidVpc.Range",
    message: expect.stringContaining("is restricted") as string,
  });
});

test("the IPv6 ranges of VPCs are apart from each other, but not in the last, where the host is", async () => {
  const blocks: string[] = [];
  for (const vpcId of ["vpc-0a", "vpc-0b", "vpc-0c"]) {
    const block = await newIpv6VpcBlock(ec2, { vpcId, ipv6CidrBlocks: [] });
    blocks.push(block);
    const association = { associationId: `vpc-cidr-assoc-${vpcId}`, cidrBlock: block };
    await ec2.records.vpcs.insert("000000000000/us-east-1", vpcId, {
      ...vpcWith("10.0.0.0/16"),
      ipv6CidrBlocks: [association],
    });
  }
  expect(blocks.toSorted()).toEqual([0xc, 0xd, 0xe].map((n) => `fd00:6e67:1:${n.toString(16)}00::/56`));
  await expect(newIpv6VpcBlock(ec2, { vpcId: "vpc-0e", ipv6CidrBlocks: [] })).rejects.toThrow("used up");
});
