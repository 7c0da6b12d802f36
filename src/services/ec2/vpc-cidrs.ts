import { scopeKey } from "../../base/scope.ts";
import { blockSize, cidr, formatCidr, type Ipv4Block, overlaps, parseCidr } from "../../network/ipv4.ts";
import { formatIpv6Cidr, ipv6Cidr } from "../../network/ipv6.ts";
import type { Ec2 } from "./ec2.ts";
import { invalidParameterCombination, notCidr, unsupported } from "./errors.ts";
import { invalidVpcRange, overlappingVpcRange, restrictedVpcRange, tooManyCidrs } from "./errors/vpcs.ts";
import { ipv6BlockSize } from "./ipv6.ts";
import { activePeerings, sideOfPeer } from "./peerings.ts";
import type { VpcRecord } from "./records.ts";

/*
 * The ranges that VPCs have, https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_IPV4_BLOCKS = 5;
const MAX_IPV6_BLOCKS = 5;
const IPV6_PREFIX = 56;

/** Addresses that no network of anybody has. */
const NO_NETWORKS = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"].map(cidr);
/** Between hosts and VPCs, for public addresses: of this kind alone AWS allows a part. */
const TEST_NETWORKS = cidr("198.18.0.0/15");
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(cidr);

interface CidrRequest {
  AmazonProvidedIpv6CidrBlock?: boolean;
  Ipv6CidrBlock?: string;
  Ipv6Pool?: string;
  Ipv6CidrBlockNetworkBorderGroup?: string;
  Ipv4IpamPoolId?: string;
  Ipv4NetmaskLength?: number;
  Ipv6IpamPoolId?: string;
  Ipv6NetmaskLength?: number;
}

/**
 * Refuses what needs IPAM or a range of the caller's own.
 * @throws AwsError UnsupportedOperation, InvalidParameterCombination
 */
export function refuseOtherPools(input: CidrRequest, region: string): void {
  if ([input.Ipv4IpamPoolId, input.Ipv4NetmaskLength, input.Ipv6IpamPoolId, input.Ipv6NetmaskLength].some(isGiven))
    throw unsupported("IPAM pools");
  if (isGiven(input.Ipv6Pool) || isGiven(input.Ipv6CidrBlock)) throw unsupported("IPv6 address pools of your own");
  const group = input.Ipv6CidrBlockNetworkBorderGroup;
  if (group === undefined) return;
  if (!input.AmazonProvidedIpv6CidrBlock)
    throw invalidParameterCombination(
      "The parameter Ipv6CidrBlockNetworkBorderGroup requires AmazonProvidedIpv6CidrBlock.",
    );
  if (group !== region) throw unsupported(`the network border group ${group}`);
}

function isGiven(value: unknown): boolean {
  return value !== undefined;
}

/**
 * The IPv4 range that a VPC is asked to have, in its canonical form.
 * @throws AwsError InvalidParameterValue, InvalidVpc.Range
 */
export function requestedVpcBlock(ec2: Ec2, text: string): string {
  const block = parseCidr(text);
  if (!block) throw notCidr(text, "cidrBlock");
  if (block.prefix < 16 || block.prefix > 28 || NO_NETWORKS.some((other) => overlaps(block, other)))
    throw invalidVpcRange(text);
  // What the engine itself uses: a VPC would hide it from its own tasks.
  if (overlaps(block, TEST_NETWORKS) || overlaps(block, cidr(ec2.network.publicPool()))) throw restrictedVpcRange(text);
  return formatCidr(block);
}

/**
 * Whether a VPC may have a further range.
 * @throws AwsError InvalidVpc.Range, CidrLimitExceeded
 */
export async function checkSecondaryBlock(ec2: Ec2, vpc: VpcRecord, text: string): Promise<void> {
  const block = cidr(text);
  const present = vpc.cidrBlocks.map((each) => cidr(each.cidrBlock));
  if (present.some((other) => overlaps(block, other))) throw overlappingVpcRange(text);
  if (isRestricted(block, present)) throw restrictedVpcRange(text);
  if (present.length >= MAX_IPV4_BLOCKS) throw tooManyCidrs(vpc.vpcId, MAX_IPV4_BLOCKS);
  for (const peer of await peerBlocks(ec2, vpc.vpcId)) if (overlaps(block, peer)) throw overlappingVpcRange(text);
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions */
function isRestricted(block: Ipv4Block, present: readonly Ipv4Block[]): boolean {
  const range = PRIVATE_RANGES.find((each) => overlaps(each, block));
  if (!range) return false;
  if (!overlaps(range, present[0]!)) return true;
  const within = (outer: string) => (inner: Ipv4Block) => overlaps(cidr(outer), inner);
  if (within("10.0.0.0/16")(block) && present.some(within("10.0.0.0/15"))) return true;
  return within("172.31.0.0/16")(block);
}

async function peerBlocks({ records }: Ec2, vpcId: string): Promise<Ipv4Block[]> {
  const blocks: Ipv4Block[] = [];
  for (const peering of await activePeerings(records, vpcId)) {
    const peer = sideOfPeer(peering, vpcId);
    const vpc = await records.vpcs.get(scopeKey(peer), peer.vpcId);
    for (const each of vpc?.cidrBlocks ?? []) blocks.push(cidr(each.cidrBlock));
  }
  return blocks;
}

/**
 * An IPv6 range of the pool that no VPC of any account has; the search for it begins by chance, as AWS's choice seems to.
 * @throws AwsError CidrLimitExceeded when the VPC has as many as it may have
 */
export async function newIpv6VpcBlock(ec2: Ec2, vpc: Pick<VpcRecord, "vpcId" | "ipv6CidrBlocks">): Promise<string> {
  if (vpc.ipv6CidrBlocks.length >= MAX_IPV6_BLOCKS) throw tooManyCidrs(vpc.vpcId, MAX_IPV6_BLOCKS);
  const pool = ipv6Cidr(ec2.network.ipv6Pool());
  const all = await ec2.records.vpcs.listAll();
  const used = new Set(all.flatMap(({ document }) => document.ipv6CidrBlocks.map((each) => each.cidrBlock)));
  const size = ipv6BlockSize({ prefix: IPV6_PREFIX });
  const count = ipv6BlockSize(pool) / size - 1n; // the host's own address is in the last
  const start = BigInt(`0x${ec2.ids.hex(16)}`);
  for (let i = 0n; i < count; i++) {
    const base = pool.base + ((start + i) % count) * size;
    const block = formatIpv6Cidr({ base, prefix: IPV6_PREFIX });
    if (!used.has(block)) return block;
  }
  throw unsupported("further IPv6 CIDR blocks: the pool is used up");
}

/** Whether `inner` lies in `outer` as a whole. */
export function contains(outer: Ipv4Block, inner: Ipv4Block): boolean {
  return inner.base >= outer.base && inner.base + blockSize(inner) <= outer.base + blockSize(outer);
}
