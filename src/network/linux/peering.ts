import { KeyedQueue } from "../../base/keyed-queue.ts";
import { failpoint } from "../../base/failpoint.ts";
import { VPC_MTU } from "./interface.ts";
import { ipBatch } from "./ip.ts";
import { withoutOwnAddress } from "./ipv6-host.ts";
import { ANY_PEER_LINK, LINK_MACS, peerLinkName } from "./names.ts";
import { hasDevice, listDevices, setParameters } from "./namespace.ts";
import type { Router } from "./router.ts";
import { NEXT_HOP } from "./routes.ts";
import type { LinuxVpc } from "./vpc.ts";

const LINK_PREFIX = ANY_PEER_LINK.slice(0, -1);

/**
 * The links between the routers of peered VPCs. There is one while both VPCs are told of the peering; what an earlier
 * engine made stays until both were applied by this one.
 */
export class Peerings {
  private readonly vpcs: ReadonlyMap<string, LinuxVpc>;
  private readonly isOnHost: (vpcId: string) => boolean;
  /** One change at a time: every link has two ends. */
  private readonly queue = new KeyedQueue();

  /**
   * @param vpcs of this engine, by id
   * @param isOnHost whether there is anything of a VPC, applied by this engine yet or not
   */
  constructor(vpcs: ReadonlyMap<string, LinuxVpc>, isOnHost: (vpcId: string) => boolean) {
    this.vpcs = vpcs;
    this.isOnHost = isOnHost;
  }

  /** Makes the links of an applied VPC, and what depends on them at both ends, be as told. */
  async synchronize(vpc: LinuxVpc): Promise<void> {
    await this.queue.run("", async () => {
      const stale = this.staleLinks(vpc);
      await ipBatch(
        stale.map((link) => `link delete ${link}`),
        vpc.router.path,
      );
      for (const { peeringId, peerVpcId } of vpc.peerings) {
        const peer = this.peer(vpc, peeringId, peerVpcId);
        if (peer) await ensureLink(peeringId, vpc, peer);
      }
      const concerned = [vpc, ...this.neighbours(vpc)];
      if (concerned.length > 1 || stale.length) for (const each of concerned) await each.ensureRoutes();
      for (const each of concerned) await each.rules.setPeerMembers(this.membersFor(each));
    });
  }

  /** Tells the peers of a VPC who the members of its groups are, and the VPC who theirs are. */
  async tellMembers(vpc: LinuxVpc): Promise<void> {
    if (!vpc.peerings.length) return;
    await this.queue.run("", async () => {
      for (const each of [vpc, ...this.neighbours(vpc)]) await each.rules.setPeerMembers(this.membersFor(each));
    });
  }

  /** Removes the links of a VPC that is to go. */
  async remove(vpc: LinuxVpc): Promise<void> {
    await this.queue.run("", async () => {
      if (!vpc.router.isThere()) return;
      const lines = links(vpc.router).map((link) => `link delete ${link}`);
      await ipBatch(lines, vpc.router.path);
    });
  }

  /** What depends on a VPC that is gone. */
  async removed(vpcId: string): Promise<void> {
    await this.queue.run("", async () => {
      for (const each of this.vpcs.values()) {
        if (!each.isApplied || !each.peerings.some((peering) => peering.peerVpcId === vpcId)) continue;
        await each.ensureRoutes();
        await each.rules.setPeerMembers(this.membersFor(each));
      }
    });
  }

  /** The applied VPCs that are told of a peering with this one, or that it is told of. */
  private neighbours(vpc: LinuxVpc): LinuxVpc[] {
    return [...this.vpcs.values()].filter(
      (other) =>
        other !== vpc &&
        other.isApplied &&
        (other.peerings.some((peering) => peering.peerVpcId === vpc.vpcId) ||
          vpc.peerings.some((peering) => peering.peerVpcId === other.vpcId)),
    );
  }

  /** The other VPC, when it was applied and is told of the peering as well. */
  private peer(vpc: LinuxVpc, peeringId: string, peerVpcId: string): LinuxVpc | undefined {
    const peer = this.vpcs.get(peerVpcId);
    const isMutual = peer?.peerings.some((each) => each.peeringId === peeringId && each.peerVpcId === vpc.vpcId);
    return isMutual ? peer : undefined;
  }

  /** Links that the VPC is not told of, or that an applied peer is not told of. */
  private staleLinks(vpc: LinuxVpc): string[] {
    const kept = vpc.peerings.filter(
      ({ peeringId, peerVpcId }) =>
        !this.vpcs.get(peerVpcId)?.isApplied || this.peer(vpc, peeringId, peerVpcId) !== undefined,
    );
    const names = new Set(kept.map(({ peeringId }) => peerLinkName(peeringId)));
    return links(vpc.router).filter((link) => !names.has(link));
  }

  /**
   * Who, in its peers, the groups are that a VPC's rules name. What is not known of a peer that an earlier engine left on
   * the host stays as it was.
   */
  private membersFor(vpc: LinuxVpc): Map<string, readonly string[]> {
    const members = new Map<string, readonly string[]>();
    const peers = vpc.peerings.flatMap(({ peeringId, peerVpcId }) => this.peer(vpc, peeringId, peerVpcId) ?? []);
    const isComplete = !vpc.peerings.some(({ peerVpcId }) => this.isLeft(peerVpcId));
    for (const groupId of vpc.rules.foreignGroups()) {
      const owner = peers.find((peer) => peer.rules.hasGroup(groupId));
      const before = isComplete ? [] : (vpc.rules.peerMembers.get(groupId) ?? []);
      const addresses = owner ? owner.rules.members(groupId) : before;
      if (addresses.length) members.set(groupId, addresses);
    }
    return members;
  }

  /** Whether an earlier engine left the VPC on the host, and this one was not told of it yet. */
  private isLeft(vpcId: string): boolean {
    return !this.vpcs.get(vpcId)?.isApplied && this.isOnHost(vpcId);
  }
}

function links(router: Router): string[] {
  return listDevices(router.path).filter((device) => device.startsWith(LINK_PREFIX));
}

/** Makes a link and both its ends, as far as they are missing. */
async function ensureLink(peeringId: string, one: LinuxVpc, other: LinuxVpc): Promise<void> {
  const [first, second] = one.vpcId < other.vpcId ? [one, other] : [other, one];
  const link = peerLinkName(peeringId);
  const [firstMac, secondMac] = LINK_MACS;
  if (!hasDevice(first.router.path, link) || !hasDevice(second.router.path, link))
    await ipBatch([
      `link add ${link} address ${firstMac} netns ${first.router.name} mtu ${VPC_MTU} type veth` +
        ` peer name ${link} netns ${second.router.name} mtu ${VPC_MTU} address ${secondMac}`,
    ]);
  failpoint("network.peering.linked");
  await ensureEnd(first, link, secondMac);
  await ensureEnd(second, link, firstMac);
}

async function ensureEnd({ router, hasIpv6 }: LinuxVpc, link: string, macBehind: string): Promise<void> {
  setParameters(router.path, {
    // The rules let in what comes from the peer's ranges, with or without a route back.
    [`ipv4/conf/${link}/rp_filter`]: "0",
    ...(hasIpv6 ? { [`ipv6/conf/${link}/disable_ipv6`]: "0" } : {}),
  });
  const hops = hasIpv6 ? [NEXT_HOP[4], NEXT_HOP[6]] : [NEXT_HOP[4]];
  await ipBatch(
    [
      ...withoutOwnAddress(link),
      `link set ${link} up`,
      ...hops.map((hop) => `neighbour replace ${hop} lladdr ${macBehind} dev ${link} nud permanent`),
    ],
    router.path,
  );
}
