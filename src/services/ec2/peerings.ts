import type {
  Tag,
  VpcPeeringConnection,
  VpcPeeringConnectionStateReasonCode,
  VpcPeeringConnectionVpcInfo,
} from "@aws-sdk/client-ec2";
import { parseScopeKey, type Scope, scopeKey } from "../../base/scope.ts";
import { cidr, overlaps } from "../../network/ipv4.ts";
import type { Ec2 } from "./ec2.ts";
import { notFound } from "./errors.ts";
import type { PeeringRecord, VpcRecord } from "./records.ts";
import { checkId } from "./resource-ids.ts";
import type { Ec2Collections } from "./store.ts";

/** One of the two VPCs of a peering. */
export type PeeringSide = PeeringRecord["requester"];

const HOUR_MS = 60 * 60 * 1000;

/** How long a request may be accepted. */
export const PEERING_EXPIRY_MS = 7 * 24 * HOUR_MS;

/** How long a peering that has ended is shown: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html */
const SHOWN_MS: Readonly<Record<string, number>> = {
  deleted: 2 * HOUR_MS,
  failed: 2 * HOUR_MS,
  rejected: 48 * HOUR_MS,
  expired: 48 * HOUR_MS,
};

/** What the status says when the VPCs cannot be joined. */
export const FAILED_MESSAGE = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range";

/** The other VPC of a peering. */
export function sideOfPeer({ requester, accepter }: PeeringRecord, vpcId: string): PeeringSide {
  return requester.vpcId === vpcId ? accepter : requester;
}

/** The status of a peering: a request that nobody answered expires by itself. */
export function statusNow({ status, expiresAt }: PeeringRecord, now: number): PeeringRecord["status"] {
  return status === "pending-acceptance" && expiresAt && expiresAt.getTime() <= now ? "expired" : status;
}

/** All peerings of a VPC, from either side and in any status. */
export async function peeringsOfVpc(records: Ec2Collections, vpcId: string): Promise<PeeringRecord[]> {
  const [asked, accepted] = await Promise.all([
    records.peerings.listAll({ where: { requesterVpcId: vpcId } }),
    records.peerings.listAll({ where: { accepterVpcId: vpcId } }),
  ]);
  return [...asked, ...accepted].map(({ document }) => document);
}

/** The active peerings of a VPC, from either side. */
export async function activePeerings(records: Ec2Collections, vpcId: string): Promise<PeeringRecord[]> {
  return (await peeringsOfVpc(records, vpcId)).filter((peering) => peering.status === "active");
}

/** The peerings that an account sees in a Region, by id: those of its VPCs, and for a while those that have ended. */
export async function visiblePeerings(ec2: Ec2, scope: Scope): Promise<PeeringRecord[]> {
  const now = ec2.clock.now();
  const stored = await ec2.records.peerings.listAll();
  return stored
    .map(({ document }) => document)
    .filter((peering) => (isIn(peering.requester, scope) || isIn(peering.accepter, scope)) && isShown(peering, now))
    .toSorted((a, b) => (a.peeringId < b.peeringId ? -1 : 1));
}

/**
 * A peering that the account sees in the Region.
 * @throws AwsError InvalidVpcPeeringConnectionID.NotFound
 */
export async function requirePeering(ec2: Ec2, scope: Scope, peeringId: string): Promise<PeeringRecord> {
  checkId("pcx", peeringId);
  const found = (await visiblePeerings(ec2, scope)).find((peering) => peering.peeringId === peeringId);
  if (!found) throw notFound("pcx", peeringId);
  return found;
}

export async function putPeering(ec2: Ec2, peering: PeeringRecord): Promise<void> {
  await ec2.records.peerings.put(scopeKey(peering.requester), peering.peeringId, peering);
}

/** Forgets the peerings that have ended and are no longer shown. In the caller's transaction. */
export async function forgetEndedPeerings(ec2: Ec2): Promise<void> {
  const now = ec2.clock.now();
  for (const { scope, id, document } of await ec2.records.peerings.listAll())
    if (!isShown(document, now)) await ec2.records.peerings.delete(scope, id);
}

/** Brings a peering's state to both VPCs. Resolves when it holds. */
export async function publishPeering(ec2: Ec2, { requester, accepter }: PeeringRecord): Promise<void> {
  await Promise.all([requester, accepter].map((side) => ec2.publishTopology(side, side.vpcId)));
}

/** The peering as it is once it has ended. */
export function endedPeering(
  ec2: Ec2,
  peering: PeeringRecord,
  status: "rejected" | "deleted" | "failed",
  statusMessage: string,
): PeeringRecord {
  const { expiresAt: _, ...ended } = peering;
  return { ...ended, status, statusMessage, endedAt: new Date(ec2.clock.now()) };
}

/** Whether two VPCs have ranges in common: those cannot be peered. */
export function haveCommonRange(a: VpcRecord, b: VpcRecord): boolean {
  const common = a.cidrBlocks.some((one) =>
    b.cidrBlocks.some((other) => overlaps(cidr(one.cidrBlock), cidr(other.cidrBlock))),
  );
  const ofIpv6 = new Set(a.ipv6CidrBlocks.map((block) => block.cidrBlock));
  return common || b.ipv6CidrBlocks.some((block) => ofIpv6.has(block.cidrBlock));
}

/** The VPCs of a peering, as far as they are there. */
export async function vpcsOfPeering(ec2: Ec2, { requester, accepter }: PeeringRecord) {
  const [requesterVpc, accepterVpc] = await Promise.all(
    [requester, accepter].map((side) => ec2.records.vpcs.get(scopeKey(side), side.vpcId)),
  );
  return { requesterVpc, accepterVpc };
}

/** A peering as the API shows it to one of its accounts. */
export async function peeringView(ec2: Ec2, peering: PeeringRecord, scope: Scope): Promise<VpcPeeringConnection> {
  const { peeringId, requester, accepter, expiresAt } = peering;
  const { requesterVpc, accepterVpc } = await vpcsOfPeering(ec2, peering);
  const status = statusNow(peering, ec2.clock.now());
  const isActive = status === "active";
  return {
    VpcPeeringConnectionId: peeringId,
    Status: {
      Code: status as VpcPeeringConnectionStateReasonCode,
      Message: status === "expired" ? "Expired" : peering.statusMessage,
    },
    ...(status === "pending-acceptance" ? { ExpirationTime: expiresAt } : {}),
    RequesterVpcInfo: vpcInfo(requester, requesterVpc, isActive),
    // What the other side is like becomes known when it accepts.
    AccepterVpcInfo: vpcInfo(accepter, isActive || isIn(accepter, scope) ? accepterVpc : undefined, isActive),
    Tags: tagsOfPeering(peering, scope),
  };
}

/** The tags that the account gave in the Region: each side has its own. */
export function tagsOfPeering({ requester, tags, accepterTags }: PeeringRecord, scope: Scope): PeeringRecord["tags"] {
  return isIn(requester, scope) ? tags : (accepterTags ?? []);
}

export function isIn({ account, region }: PeeringSide, scope: Scope): boolean {
  return account === scope.account && region === scope.region;
}

/** The peerings as tagging sees them: each side has tags of its own, in its scope. */
export function taggedPeerings({ peerings }: Ec2Collections) {
  return {
    async list(key: string) {
      const stored = await peerings.listAll();
      const own = stored.filter(({ scope, document }) => scope === key || scopeKey(document.accepter) === key);
      return own.map(({ id, document }) => ({
        id,
        type: "vpc-peering-connection" as const,
        tags: tagsOfPeering(document, parseScopeKey(key)),
      }));
    },
    /** Returns whether there is such a peering. */
    async update(key: string, id: string, change: (tags: readonly Tag[]) => Tag[]): Promise<boolean> {
      const found = (await peerings.listAll()).find((stored) => stored.id === id);
      if (!found || (found.scope !== key && scopeKey(found.document.accepter) !== key)) return false;
      await peerings.update(found.scope, id, (now) =>
        found.scope === key
          ? { ...now, tags: change(now.tags) }
          : { ...now, accepterTags: change(now.accepterTags ?? []) },
      );
      return true;
    },
  };
}

function isShown(peering: PeeringRecord, now: number): boolean {
  const shown = SHOWN_MS[statusNow(peering, now)];
  const endedAt = peering.endedAt ?? peering.expiresAt;
  return shown === undefined || !endedAt || endedAt.getTime() + shown > now;
}

function vpcInfo(side: PeeringSide, vpc: VpcRecord | undefined, isActive: boolean): VpcPeeringConnectionVpcInfo {
  return {
    OwnerId: side.account,
    VpcId: side.vpcId,
    Region: side.region,
    ...(vpc
      ? {
          CidrBlock: vpc.cidrBlocks[0]!.cidrBlock,
          CidrBlockSet: vpc.cidrBlocks.map(({ cidrBlock }) => ({ CidrBlock: cidrBlock })),
        }
      : {}),
    ...(vpc?.ipv6CidrBlocks.length
      ? { Ipv6CidrBlockSet: vpc.ipv6CidrBlocks.map(({ cidrBlock }) => ({ Ipv6CidrBlock: cidrBlock })) }
      : {}),
    ...(isActive
      ? {
          PeeringOptions: {
            AllowDnsResolutionFromRemoteVpc: false,
            AllowEgressFromLocalClassicLinkToRemoteVpc: false,
            AllowEgressFromLocalVpcToRemoteClassicLink: false,
          },
        }
      : {}),
  };
}
