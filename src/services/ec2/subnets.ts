import { ec2Id } from "../../base/ids.ts";
import { cidr, formatCidr, overlaps, parseCidr } from "../../network/ipv4.ts";
import { formatIpv6Cidr, ipv6Cidr, ipv6Overlaps, parseIpv6Cidr } from "../../network/ipv6.ts";
import type { Ec2 } from "./ec2.ts";
import { invalidParameterCombination, invalidParameterValue, notCidr } from "./errors.ts";
import { invalidSubnetRange, subnetConflict, tooManySubnets, zoneNotFound } from "./errors/vpcs.ts";
import { containsIpv6 } from "./ipv6.ts";
import type { CidrAssociation, SubnetRecord, VpcRecord } from "./records.ts";
import { contains } from "./vpc-cidrs.ts";
import { type Zone, zonesOf } from "./zones.ts";

/** In a VPC: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_SUBNETS = 200;
const IPV6_PREFIX = 64;

/**
 * The range that a new subnet is asked to have, in its canonical form.
 * @param others the subnets that the VPC has
 * @throws AwsError InvalidParameterValue, InvalidSubnet.Range, InvalidSubnet.Conflict
 */
export function requestedSubnetBlock(vpc: VpcRecord, others: readonly SubnetRecord[], text: string): string {
  const block = parseCidr(text);
  if (!block) throw notCidr(text, "cidrBlock");
  const inVpc = vpc.cidrBlocks.some((each) => contains(cidr(each.cidrBlock), block));
  if (block.prefix < 16 || block.prefix > 28 || !inVpc) throw invalidSubnetRange(text);
  if (others.some((other) => overlaps(cidr(other.cidrBlock), block))) throw subnetConflict(text);
  return formatCidr(block);
}

/**
 * The IPv6 range that a subnet is asked to have, as a new association.
 * @throws AwsError InvalidParameterValue, InvalidSubnet.Range, InvalidSubnet.Conflict
 */
export function requestedIpv6Block(
  ec2: Ec2,
  vpc: VpcRecord,
  others: readonly SubnetRecord[],
  text: string,
): CidrAssociation {
  const block = parseIpv6Cidr(text);
  if (!block) throw notCidr(text, "ipv6CidrBlock");
  if (block.prefix !== IPV6_PREFIX)
    throw invalidParameterValue(
      `Value (${text}) for parameter ipv6CidrBlock is invalid. The subnet size must use a /${IPV6_PREFIX} prefix length.`,
    );
  if (!vpc.ipv6CidrBlocks.some((each) => containsIpv6(ipv6Cidr(each.cidrBlock), block))) throw invalidSubnetRange(text);
  const taken = others.flatMap(({ ipv6CidrBlock }) => (ipv6CidrBlock ? [ipv6Cidr(ipv6CidrBlock.cidrBlock)] : []));
  if (taken.some((other) => ipv6Overlaps(other, block))) throw subnetConflict(text);
  return { associationId: ec2Id(ec2.ids, "subnet-cidr-assoc"), cidrBlock: formatIpv6Cidr(block) };
}

/**
 * The zone of a new subnet: the one asked for, or one that has the fewest subnets of the VPC.
 * @throws AwsError InvalidParameterValue, InvalidParameterCombination
 */
export function requestedZone(
  region: string,
  { AvailabilityZone, AvailabilityZoneId }: { AvailabilityZone?: string; AvailabilityZoneId?: string },
  others: readonly SubnetRecord[],
): Zone {
  const zones = zonesOf(region);
  if (AvailabilityZone !== undefined && AvailabilityZoneId !== undefined)
    throw invalidParameterCombination(
      "The parameters AvailabilityZone and AvailabilityZoneId may not be specified together.",
    );
  const asked = AvailabilityZone ?? AvailabilityZoneId;
  if (asked !== undefined) {
    const member = AvailabilityZone === undefined ? "zoneId" : "zoneName";
    const zone = zones.find((each) => each[member] === asked);
    const known = zones.map((each) => each[member]);
    if (!zone) throw zoneNotFound(asked, member === "zoneName" ? "availabilityZone" : "availabilityZoneId", known);
    return zone;
  }
  const count = ({ zoneName }: Zone) => others.filter((subnet) => subnet.availabilityZone === zoneName).length;
  return zones.toSorted((a, b) => count(a) - count(b))[0]!;
}

/**
 * Stores a new subnet, which is in its VPC's default network ACL from its first moment. In the caller's transaction.
 * @throws AwsError SubnetLimitExceeded
 */
export async function insertSubnet({ records, ids }: Ec2, key: string, subnet: SubnetRecord): Promise<void> {
  const { vpcId, subnetId } = subnet;
  if ((await records.subnets.count(key, { vpcId })) >= MAX_SUBNETS) throw tooManySubnets();
  await records.subnets.insert(key, subnetId, subnet);
  const acl = (await records.networkAcls.list(key, { where: { vpcId } })).find((each) => each.isDefault)!;
  const association = { associationId: ec2Id(ids, "aclassoc"), subnetId };
  await records.networkAcls.put(key, acl.networkAclId, { ...acl, associations: [...acl.associations, association] });
}
