import type { Tag } from "@aws-sdk/client-ec2";
import { formatArn } from "../../base/arn.ts";
import { scopeKey, type Scope } from "../../base/scope.ts";
import type { AuthorizedResource, ConditionValues } from "../../identity/authorization.ts";
import { conditions, tagValues } from "../../wire/checks.ts";
import type { Ec2 } from "./ec2.ts";
import type { ElasticAddressRecord } from "./records.ts";

/** What is known of a resource that policies may ask for. */
interface Facts {
  tags: readonly Tag[];
  keys: ConditionValues;
}

/** The kinds of resources as ARNs name them, by the prefix of their ids. */
const KINDS: Readonly<Record<string, string>> = {
  vpc: "vpc",
  subnet: "subnet",
  sg: "security-group",
  sgr: "security-group-rule",
  eni: "network-interface",
  rtb: "route-table",
  igw: "internet-gateway",
  eigw: "egress-only-internet-gateway",
  nat: "natgateway",
  eipalloc: "elastic-ip",
  acl: "network-acl",
  dopt: "dhcp-options",
  pl: "prefix-list",
  pcx: "vpc-peering-connection",
  vpce: "vpc-endpoint",
  vol: "volume",
  fl: "vpc-flow-log",
};

/** The ARN of something of EC2; `*` as its id stands for what is to be made. */
export function ec2Arn(scope: Scope, kind: string, id: string): string {
  return formatArn("ec2", scope, `${kind}/${id}`);
}

/**
 * A resource by its id. Ids that are of no kind, or of nothing there is, are the operation's to refuse: they have no tags.
 */
export async function resourceById(ec2: Ec2, scope: Scope, id: string): Promise<AuthorizedResource> {
  const prefix = id.slice(0, Math.max(id.indexOf("-"), 0));
  const arn = ec2Arn(scope, KINDS[prefix] ?? "*", id);
  const facts = await factsOf(ec2, scope, prefix, id);
  return facts ? { arn, tags: () => tagValues(facts.tags), conditions: facts.keys } : { arn };
}

/**
 * What an association, which has an id of its own, is of: a route table or an address with what it is associated with, the
 * subnet of a network ACL, a subnet or a VPC with a range.
 */
export async function idsOfAssociation(ec2: Ec2, scope: Scope, associationId: string): Promise<string[]> {
  const { records } = ec2;
  const key = scopeKey(scope);
  const isIt = (each: { associationId?: string | undefined } | undefined) => each?.associationId === associationId;
  switch (associationId.slice(0, associationId.lastIndexOf("-"))) {
    case "rtbassoc":
      return (await records.routeTables.list(key)).flatMap(({ routeTableId, associations }) =>
        associations.filter(isIt).flatMap(({ subnetId }) => [routeTableId, ...(subnetId ? [subnetId] : [])]),
      );
    case "aclassoc":
      return (await records.networkAcls.list(key))
        .flatMap((acl) => acl.associations)
        .filter(isIt)
        .map(({ subnetId }) => subnetId);
    case "subnet-cidr-assoc":
      return (await records.subnets.list(key))
        .filter((subnet) => isIt(subnet.ipv6CidrBlock))
        .map(({ subnetId }) => subnetId);
    case "vpc-cidr-assoc":
      return (await records.vpcs.list(key))
        .filter((vpc) => [...vpc.cidrBlocks, ...vpc.ipv6CidrBlocks].some(isIt))
        .map(({ vpcId }) => vpcId);
    case "eipassoc":
      return (await records.elasticAddresses.list(key)).filter(isIt).flatMap(idsOfAddress);
    default:
      return [];
  }
}

/** The Elastic IP address with that public address, and the interface that has it. */
export async function idsOfPublicIp(ec2: Ec2, scope: Scope, publicIp: string): Promise<string[]> {
  const addresses = await ec2.records.elasticAddresses.list(scopeKey(scope));
  return addresses.filter((address) => address.publicIp === publicIp).flatMap(idsOfAddress);
}

function idsOfAddress({ allocationId, interfaceId }: ElasticAddressRecord): string[] {
  return [allocationId, ...(interfaceId ? [interfaceId] : [])];
}

/** The security group of that name in the default VPC. */
export async function groupNamed({ records }: Ec2, scope: Scope, groupName: string): Promise<string[]> {
  const key = scopeKey(scope);
  const vpc = (await records.vpcs.list(key)).find(({ isDefault }) => isDefault);
  const groups = vpc ? await records.groups.list(key, { where: { vpcId: vpc.vpcId } }) : [];
  return groups.filter((group) => group.groupName === groupName).map(({ groupId }) => groupId);
}

/** The accepter's VPC of a peering. */
export async function accepterVpc({ records }: Ec2, peeringId: string): Promise<string[]> {
  const peerings = await records.peerings.listAll();
  return peerings.filter(({ id }) => id === peeringId).map(({ document }) => document.accepter.vpcId);
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys */
async function factsOf({ records }: Ec2, scope: Scope, prefix: string, id: string): Promise<Facts | undefined> {
  const key = scopeKey(scope);
  const vpcArn = (vpcId: string | undefined) => (vpcId === undefined ? undefined : ec2Arn(scope, "vpc", vpcId));
  const facts = <T extends { tags: Tag[] }>(
    record: T | undefined,
    keysOf: (record: T) => Parameters<typeof conditions>[0],
  ) => record && { tags: record.tags, keys: conditions(keysOf(record)) };
  switch (prefix) {
    case "vpc":
      return facts(await records.vpcs.get(key, id), () => ({ "ec2:VpcID": id, "ec2:Tenancy": "default" }));
    case "subnet":
      return facts(await records.subnets.get(key, id), ({ vpcId, availabilityZone, availabilityZoneId }) => ({
        "ec2:SubnetID": id,
        "ec2:Vpc": vpcArn(vpcId),
        "ec2:AvailabilityZone": availabilityZone,
        "ec2:AvailabilityZoneId": availabilityZoneId,
      }));
    case "sg":
      return facts(await records.groups.get(key, id), ({ vpcId }) => ({
        "ec2:SecurityGroupID": id,
        "ec2:Vpc": vpcArn(vpcId),
      }));
    case "sgr": {
      const rules = (await records.groups.list(key)).flatMap((group) => group.rules);
      return facts(
        rules.find(({ ruleId }) => ruleId === id),
        () => ({}),
      );
    }
    case "eni":
      return facts(await records.interfaces.get(key, id), ({ vpcId, subnetId, availabilityZone }) => ({
        "ec2:NetworkInterfaceID": id,
        "ec2:Vpc": vpcArn(vpcId),
        "ec2:Subnet": ec2Arn(scope, "subnet", subnetId),
        "ec2:AvailabilityZone": availabilityZone,
      }));
    case "rtb":
      return facts(await records.routeTables.get(key, id), ({ vpcId }) => ({
        "ec2:RouteTableID": id,
        "ec2:Vpc": vpcArn(vpcId),
      }));
    case "igw":
      return facts(await records.internetGateways.get(key, id), () => ({ "ec2:InternetGatewayID": id }));
    case "eigw":
      return facts(await records.egressOnlyGateways.get(key, id), () => ({}));
    case "nat":
      return facts(await records.natGateways.get(key, id), () => ({}));
    case "eipalloc":
      return facts(await records.elasticAddresses.get(key, id), ({ publicIp }) => ({
        "ec2:AllocationId": id,
        "ec2:Domain": "vpc",
        "ec2:PublicIpAddress": publicIp,
      }));
    case "acl":
      return facts(await records.networkAcls.get(key, id), ({ vpcId }) => ({
        "ec2:NetworkAclID": id,
        "ec2:Vpc": vpcArn(vpcId),
      }));
    case "dopt":
      return facts(await records.dhcpOptions.get(key, id), () => ({ "ec2:DhcpOptionsID": id }));
    case "pl":
      return facts(await records.prefixLists.get(key, id), () => ({}));
    case "pcx":
      return facts(
        (await records.peerings.listAll()).find((each) => each.id === id)?.document,
        ({ requester, accepter }) => ({
          "ec2:VpcPeeringConnectionID": id,
          "ec2:RequesterVpc": ec2Arn(requester, "vpc", requester.vpcId),
          "ec2:AccepterVpc": ec2Arn(accepter, "vpc", accepter.vpcId),
        }),
      );
    case "vpce":
      return facts(await records.vpcEndpoints.get(key, id), ({ serviceName }) => ({
        "ec2:VpceServiceName": serviceName,
        "ec2:VpceServiceRegion": scope.region,
      }));
    case "vol":
      return facts(await records.volumes.get(key, id), ({ availabilityZone, encryption, sizeGiB, volumeType }) => ({
        "ec2:VolumeID": id,
        "ec2:AvailabilityZone": availabilityZone,
        "ec2:Encrypted": encryption !== undefined,
        "ec2:VolumeSize": sizeGiB,
        "ec2:VolumeType": volumeType,
      }));
    case "fl":
      return facts(await records.flowLogs.get(key, id), () => ({}));
    default:
      return undefined;
  }
}
