import { readFileSync, writeFileSync } from "node:fs";
import { failpoint } from "../../base/failpoint.ts";
import type { InterfaceSpec, VpcTopology } from "../backend.ts";
import type { HostNetwork } from "./host.ts";
import { missingNamespace, processesIn, removeNamespace } from "./interface.ts";
import { ipBatch, ipJson, type IpVersion, type LinkAddresses, type Route } from "./ip.ts";
import { hostHasIpv6, kernelHasIpv6, withoutOwnAddress } from "./ipv6-host.ts";
import { LINK_MACS, namespacePath, peerLinkName, UPLINK, uplinkName, vpcNamespace } from "./names.ts";
import { hasDevice, inNamespace, isNamespace, setParameters } from "./namespace.ts";
import { LINK_LOCAL, NEXT_HOP, synchronizeRouting, wantedRouting } from "./routes.ts";

/** The router's own address on the uplink; the host's is the next hop of all others. */
const UPLINK_IPV6 = "fe80::2";

/** A VPC's router: a namespace with its uplink to the host and its routes. Ports are {@link ensureInterfaces}'s. */
export class Router {
  /** The name of its namespace, and the path. */
  readonly name: string;
  readonly path: string;
  /** The host's end of its uplink. */
  readonly uplink: string;
  private readonly host: HostNetwork;

  constructor(instance: string, vpcId: string, host: HostNetwork) {
    this.name = vpcNamespace(instance, vpcId);
    this.path = namespacePath(this.name);
    this.uplink = uplinkName(instance, vpcId);
    this.host = host;
  }

  isThere(): boolean {
    return isNamespace(this.path);
  }

  hasDevice(device: string): boolean {
    return this.isThere() && hasDevice(this.path, device);
  }

  async ensureNamespace(): Promise<void> {
    await ipBatch(missingNamespace(this.name));
    setParameters(this.path, {
      // Interfaces of VPCs with IPv6 have it switched on, one by one.
      ...(kernelHasIpv6() ? { "ipv6/conf/default/disable_ipv6": "1" } : {}),
      // For every port that is made: only what is routed back through it may come in, and it answers for the subnet.
      "ipv4/conf/default/rp_filter": "1",
      "ipv4/conf/default/proxy_arp": "1",
      "ipv4/conf/all/send_redirects": "0",
      "ipv4/conf/default/send_redirects": "0",
      "ipv4/conf/all/accept_redirects": "0",
      "ipv4/conf/default/accept_redirects": "0",
      "ipv4/conf/all/accept_source_route": "0",
      "ipv4/ip_forward": "1",
    });
    failpoint("network.vpc.namespace");
  }

  /** Connects the router to the host. @returns the router's address there */
  async ensureUplink(): Promise<string> {
    const { host, name, path, uplink } = this;
    const transit = await host.transitAddresses();
    const linked = transit.has(uplink) && hasDevice(path, UPLINK);
    const [hostMac, routerMac] = LINK_MACS;
    const address = (linked && transit.get(uplink)) || (await host.freeTransitAddress());
    if (transit.has(uplink) && !linked) await host.removeUplink(uplink);
    await ipBatch([
      ...(linked
        ? []
        : [`link add ${uplink} address ${hostMac} type veth peer name ${UPLINK} netns ${name} address ${routerMac}`]),
      ...withoutOwnAddress(uplink),
      `address replace ${host.address}/32 peer ${address} dev ${uplink}`,
      `link set ${uplink} up`,
    ]);
    await ipBatch(
      [
        "link set lo up",
        `address replace ${address}/32 peer ${host.address} dev ${UPLINK}`,
        ...withoutOwnAddress(UPLINK),
        `link set ${UPLINK} up`,
      ],
      path,
    );
    return address;
  }

  /**
   * Connects the router to the host by IPv6, with routes to these ranges and no others. Neighbours are told on both
   * sides: the host answers nothing that comes from a VPC.
   * @throws Error when the host has no IPv6
   */
  async ensureIpv6(ranges: readonly string[]): Promise<void> {
    const { host, path, uplink } = this;
    const [hostMac, routerMac] = LINK_MACS;
    if (ranges.length) {
      await host.openIpv6();
      for (const [name, value] of [
        ["disable_ipv6", "0"],
        ["accept_ra", "0"],
      ] as const)
        writeFileSync(`/proc/sys/net/ipv6/conf/${uplink}/${name}`, value);
      setParameters(path, {
        "ipv6/conf/all/forwarding": "1",
        "ipv6/conf/lo/disable_ipv6": "0",
        [`ipv6/conf/${UPLINK}/disable_ipv6`]: "0",
      });
      await ipBatch(
        [
          `address replace ${UPLINK_IPV6}/64 dev ${UPLINK} nodad`,
          `neighbour replace ${NEXT_HOP[6]} lladdr ${hostMac} dev ${UPLINK} nud permanent`,
        ],
        path,
        6,
      );
    }
    const present = await ipJson<Route>(["route", "show", "dev", uplink], undefined, 6);
    const stale = present.filter(({ dst, gateway }) => gateway !== undefined && !ranges.includes(dst));
    await ipBatch(
      [
        ...(ranges.length
          ? [
              `address replace ${NEXT_HOP[6]}/64 dev ${uplink} nodad`,
              `address replace ${host.ipv6Address}/128 dev ${uplink} nodad`,
              `neighbour replace ${UPLINK_IPV6} lladdr ${routerMac} dev ${uplink} nud permanent`,
            ]
          : []),
        ...ranges.map((range) => `route replace ${range} via ${UPLINK_IPV6} dev ${uplink} src ${host.ipv6Address}`),
        ...stale.map(({ dst }) => `route delete ${dst} dev ${uplink}`),
      ],
      undefined,
      6,
    );
  }

  /** Gives the router these addresses to answer at, and takes the others of `possible` away. */
  async ensureOwnAddresses(wanted: readonly string[], possible: readonly string[]): Promise<void> {
    const [lo] = await ipJson<LinkAddresses>(["address", "show", "dev", "lo"], this.path);
    const present = lo?.addr_info.map((each) => each.local) ?? [];
    const stale = possible.filter((address) => present.includes(address) && !wanted.includes(address));
    await ipBatch(
      [
        ...wanted.map((address) => `address replace ${address}/32 dev lo`),
        ...stale.map((address) => `address delete ${address}/32 dev lo`),
      ],
      this.path,
    );
  }

  /** Makes the routes be as told; those to links and interfaces that are not there lead nowhere. */
  async synchronizeRouting(topology: VpcTopology, interfaces: ReadonlyMap<string, InterfaceSpec>): Promise<void> {
    const links = topology.peerings.length ? await this.usableLinks(topology) : { 4: [], 6: [] };
    const place = (version: IpVersion) => ({
      topology,
      interfaces,
      hostAddress: this.host.address,
      isLinked: (peeringId: string) => links[version].includes(peerLinkName(peeringId)),
    });
    await synchronizeRouting(this.path, 4, wantedRouting(place(4), 4));
    if (hostHasIpv6() && (topology.ipv6CidrBlocks.length || forwardsIpv6(this.path)))
      await synchronizeRouting(this.path, 6, wantedRouting(place(6), 6));
  }

  /** The links that routes can lead to: a crash leaves some half-made. */
  private async usableLinks({ peerings }: VpcTopology): Promise<Record<IpVersion, string[]>> {
    const shown = new Set((await ipJson<LinkAddresses>(["link", "show", "up"], this.path)).map((link) => link.ifname));
    const up = peerings.map(({ peeringId }) => peerLinkName(peeringId)).filter((link) => shown.has(link));
    return { 4: up, 6: up.filter((device) => kernelHasIpv6() && hasIpv6On(this.path, device)) };
  }

  /** The IPv4 ranges that the router knows of. */
  async cidrBlocks(): Promise<string[]> {
    if (!this.isThere()) return [];
    const routes = await ipJson<Route>(["route", "show", "type", "blackhole"], this.path);
    return routes.map((route) => route.dst).filter((block) => block !== LINK_LOCAL);
  }

  /** Removes it, whatever there is of it. */
  async remove(): Promise<void> {
    if (this.isThere()) for (const pid of await processesIn(this.name)) process.kill(pid, "SIGKILL");
    await this.host.removeUplink(this.uplink);
    await removeNamespace(this.name);
  }
}

/** Whether {@link Router.ensureIpv6} had ranges once. */
function forwardsIpv6(path: string): boolean {
  return kernelHasIpv6() && readIpv6Parameter(path, "all/forwarding") === "1";
}

function hasIpv6On(path: string, device: string): boolean {
  return readIpv6Parameter(path, `${device}/disable_ipv6`) === "0";
}

function readIpv6Parameter(path: string, name: string): string {
  return inNamespace(path, () => readFileSync(`/proc/sys/net/ipv6/conf/${name}`, "utf8")).trim();
}
