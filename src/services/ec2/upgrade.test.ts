import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { SimulatedNetwork } from "../../network/simulated.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import { Ec2 } from "./ec2.ts";
import type {
  InternetGatewayRecord,
  NetworkInterfaceRecord,
  RouteTableRecord,
  SubnetRecord,
  VpcRecord,
} from "./records.ts";
import { upgradeRecords } from "./upgrade.ts";

const scope = { account: "000000000000", region: "us-east-1" };
const KEY = "000000000000/us-east-1";

let store: Store;
let ec2: Ec2;
beforeEach(async () => {
  store = new Store(sqliteDialect(":memory:"), silentLogger);
  ec2 = new Ec2({ store, network: new SimulatedNetwork(), clock: systemClock, ids: randomIds, log: silentLogger });
  await store.open();
});
afterEach(async () => {
  await ec2.stop();
  await store.close();
});

const zone = { availabilityZone: "us-east-1a", availabilityZoneId: "use1-az1" };
const inSubnet = { ...zone, vpcId: "vpc-0a", subnetId: "subnet-0a", tags: [] };

/** What the first releases wrote. */
async function writeOld(): Promise<void> {
  const { records } = ec2;
  await records.vpcs.insert(KEY, "vpc-0a", {
    vpcId: "vpc-0a",
    cidrBlock: "172.31.0.0/16",
    cidrAssociationId: "vpc-cidr-assoc-0a",
    dhcpOptionsId: "dopt-0a",
    isDefault: true,
    tags: [],
  } as unknown as VpcRecord);
  await records.subnets.insert(KEY, "subnet-0a", {
    ...inSubnet,
    cidrBlock: "172.31.0.0/20",
    defaultForAz: true,
    mapPublicIpOnLaunch: true,
  } as unknown as SubnetRecord);
  await records.interfaces.insert(KEY, "eni-0a", {
    ...inSubnet,
    interfaceId: "eni-0a",
    privateIp: "172.31.0.4",
    macAddress: "0a:00:00:00:00:01",
    privateDnsName: "ip-172-31-0-4.ec2.internal",
    groupIds: [],
    description: "",
    attachmentId: "eni-attach-0a",
    attachedAt: new Date(0),
  } as unknown as NetworkInterfaceRecord);
  await records.routeTables.insert(KEY, "rtb-0a", {
    routeTableId: "rtb-0a",
    vpcId: "vpc-0a",
    associationId: "rtbassoc-0a",
    internetGatewayId: "igw-0a",
    tags: [],
  } as unknown as RouteTableRecord);
  const gateway: InternetGatewayRecord = { internetGatewayId: "igw-0a", vpcId: "vpc-0a", tags: [] };
  await records.internetGateways.insert(KEY, "igw-0a", gateway);
}

async function everything(): Promise<unknown[]> {
  return await Promise.all(
    [ec2.records.vpcs, ec2.records.subnets, ec2.records.interfaces, ec2.records.routeTables].map((each) =>
      each.listAll(),
    ),
  );
}

test("documents of the first releases become those of today, once", async () => {
  await writeOld();
  await ec2.start();
  const { records } = ec2;
  expect(await records.vpcs.list(KEY)).toEqual([
    {
      vpcId: "vpc-0a",
      cidrBlocks: [{ associationId: "vpc-cidr-assoc-0a", cidrBlock: "172.31.0.0/16" }],
      ipv6CidrBlocks: [],
      dhcpOptionsId: "dopt-0a",
      enableDnsSupport: true,
      enableDnsHostnames: true,
      isDefault: true,
      tags: [],
    },
  ]);
  expect(await records.routeTables.list(KEY)).toEqual([
    {
      routeTableId: "rtb-0a",
      vpcId: "vpc-0a",
      routes: [{ destination: "0.0.0.0/0", target: { internetGatewayId: "igw-0a" } }],
      associations: [{ associationId: "rtbassoc-0a" }],
      tags: [],
    },
  ]);
  expect(await records.subnets.list(KEY)).toMatchObject([{ assignIpv6AddressOnCreation: false }]);
  expect(await records.interfaces.list(KEY)).toMatchObject([{ role: "task", attachedAt: new Date(0) }]);
  expect(await records.dhcpOptions.list(KEY)).toMatchObject([{ dhcpOptionsId: "dopt-0a" }]);
  expect(await records.networkAcls.list(KEY)).toMatchObject([
    { isDefault: true, associations: [{ subnetId: "subnet-0a" }] },
  ]);
  expect((await ec2.requireDefaultVpc(scope)).vpcId).toBe("vpc-0a");
  const before = await everything();
  await upgradeRecords(store, records, randomIds);
  expect(await everything()).toEqual(before);
  expect(await records.networkAcls.count(KEY)).toBe(1);
});
