import type { Ids } from "../../base/ids.ts";
import { parseScopeKey } from "../../base/scope.ts";
import type { Store } from "../../store/store.ts";
import { createAmazonDhcpOptions, createDefaultAcl, REGION } from "./default-vpc.ts";
import type { NetworkInterfaceRecord, RouteTableRecord, SubnetRecord, VpcRecord } from "./records.ts";
import type { Ec2Collections } from "./store.ts";

/* What the first releases wrote: one default VPC in each scope, with a main route table and no network ACL. */

interface OldVpc {
  cidrBlock: string;
  cidrAssociationId: string;
}

interface OldRouteTable {
  associationId: string;
  internetGatewayId: string;
}

/** Turns documents of earlier releases into those of today, all or none; finds nothing to do the next time. */
export async function upgradeRecords(store: Store, records: Ec2Collections, ids: Ids): Promise<void> {
  await store.transaction(async () => {
    for (const { scope, id, document } of await records.subnets.listAll())
      if (document.assignIpv6AddressOnCreation === undefined)
        await records.subnets.put(scope, id, upgradedSubnet(document));
    for (const { scope, id, document } of await records.interfaces.listAll())
      if (document.role === undefined) await records.interfaces.put(scope, id, upgradedInterface(document));
    for (const { scope, id, document } of await records.routeTables.listAll())
      if (isOldRouteTable(document)) await records.routeTables.put(scope, id, upgradedRouteTable(document));
    for (const { scope, document } of await records.vpcs.listAll())
      if (isOldVpc(document)) await upgradeVpc(records, ids, scope, document);
      else if (document.isDefault && !(await records.regions.get(scope, REGION)))
        await records.regions.put(scope, REGION, { dhcpOptionsId: document.dhcpOptionsId });
  });
}

function upgradedSubnet(subnet: Omit<SubnetRecord, "assignIpv6AddressOnCreation">): SubnetRecord {
  return { ...subnet, assignIpv6AddressOnCreation: false };
}

function upgradedInterface(record: Omit<NetworkInterfaceRecord, "role">): NetworkInterfaceRecord {
  return { ...record, role: "task" };
}

function isOldRouteTable(
  table: RouteTableRecord | (RouteTableRecord & OldRouteTable),
): table is RouteTableRecord & OldRouteTable {
  return "internetGatewayId" in table;
}

function upgradedRouteTable({ associationId, internetGatewayId, ...table }: RouteTableRecord & OldRouteTable) {
  return {
    ...table,
    routes: [{ destination: "0.0.0.0/0", target: { internetGatewayId } }],
    associations: [{ associationId }],
  };
}

function isOldVpc(vpc: VpcRecord | (VpcRecord & OldVpc)): vpc is VpcRecord & OldVpc {
  return "cidrBlock" in vpc;
}

async function upgradeVpc(records: Ec2Collections, ids: Ids, key: string, old: VpcRecord & OldVpc): Promise<void> {
  const { cidrBlock, cidrAssociationId, ...kept } = old;
  const vpc: VpcRecord = {
    ...kept,
    cidrBlocks: [{ associationId: cidrAssociationId, cidrBlock }],
    ipv6CidrBlocks: [],
    enableDnsSupport: true,
    enableDnsHostnames: true,
  };
  const { vpcId, dhcpOptionsId } = vpc;
  await records.vpcs.put(key, vpcId, vpc);
  // Its id was shown, though there was no such document.
  await createAmazonDhcpOptions(records, key, dhcpOptionsId, parseScopeKey(key).region);
  await records.regions.put(key, REGION, { dhcpOptionsId });
  const subnetIds = await records.subnets.listIds(key, { vpcId });
  await createDefaultAcl(records, ids, key, vpc, subnetIds);
}
