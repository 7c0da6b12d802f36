import { writeFileSync } from "node:fs";
import { cidr, formatCidr, overlaps, parseIpv4, type Ipv4Block } from "../ipv4.ts";
import { aliveInstances, foreignRoutes, isGuard, routeBlock, routesInto } from "./guards.ts";
import { ipBatch, ipJson, type LinkAddresses, type ProxyNeighbour, type Route } from "./ip.ts";
import { uplinkPrefix } from "./names.ts";
import { CLAIMS, RangeClaims } from "./range-claims.ts";
import { TRANSIT_PARENT } from "./ranges.ts";
import { nameServers } from "./upstreams.ts";

/** A public pool inside a network that the host is connected to: its addresses are reachable from there. */
export interface LanPool {
  /** The host's interface to that network. */
  device: string;
  pool: string;
}

/** What of the host a public pool must not meet. */
export interface HostFacts {
  /** Of the host itself, apart from this engine's. */
  addresses: readonly string[];
  /** Apart from this engine's. */
  routes: readonly Route[];
  nameServers: readonly string[];
  /** The ranges of other engines. */
  claimed: readonly string[];
}

const UNUSABLE: readonly (readonly [what: string, block: Ipv4Block])[] = [
  ["addresses of “this network”", cidr("0.0.0.0/8")],
  ["loopback addresses", cidr("127.0.0.0/8")],
  ["link-local addresses", cidr("169.254.0.0/16")],
  ["multicast addresses", cidr("224.0.0.0/4")],
  ["reserved addresses", cidr("240.0.0.0/4")],
  ["addresses of Neargate's own links", TRANSIT_PARENT],
];

/**
 * Whether a range of addresses can be the engine's public pool on this host.
 * @param instance of the engine that is to have it: what is its own does not count
 * @returns the network that the pool is a part of; `undefined` when it is known to this host only
 * @throws Error that says what it collides with
 */
export async function checkPublicPool(pool: string, instance: string): Promise<LanPool | undefined> {
  const links = await ipJson<LinkAddresses>(["address", "show"]);
  const isAlive = await aliveInstances();
  return checkPool(pool, {
    addresses: links
      .filter((link) => !link.ifname.startsWith(uplinkPrefix(instance)))
      .flatMap((link) => link.addr_info.map((each) => each.local)),
    routes: await foreignRoutes(instance),
    nameServers: nameServers("/etc/resolv.conf"),
    claimed: new RangeClaims(CLAIMS, instance).others(isAlive),
  });
}

/** {@link checkPublicPool} with what the host has. */
export function checkPool(pool: string, host: HostFacts): LanPool | undefined {
  const block = cidr(pool);
  const refuse = (reason: string): never => {
    throw new Error(`the public pool ${pool} cannot be used: ${reason}`);
  };
  for (const [what, unusable] of UNUSABLE) if (overlaps(block, unusable)) refuse(`${formatCidr(unusable)} are ${what}`);
  const contains = (address: string) => {
    const base = parseIpv4(address);
    return base !== undefined && overlaps(block, { base, prefix: 32 });
  };
  for (const address of host.addresses) if (contains(address)) refuse(`${address} is an address of this host`);
  for (const { gateway } of host.routes)
    if (gateway !== undefined && contains(gateway)) refuse(`${gateway} is a gateway of this host`);
  for (const server of host.nameServers) if (contains(server)) refuse(`${server} is a name server of this host`);
  for (const range of host.claimed)
    if (!range.includes(":") && overlaps(block, cidr(range))) refuse(`another engine on this host has ${range}`);
  const routes = routesInto(block, host.routes);
  for (const route of routes)
    if (isGuard(route)) refuse(`another engine on this host has ${route.dst}`);
    else if (!isConnected(route) || !isInside(block, routeBlock(route)!))
      refuse(`this host has a route to ${route.dst}`);
  const device = routes[0]?.dev;
  return device === undefined ? undefined : { device, pool };
}

function isConnected({ type, gateway, dev, protocol }: Route): boolean {
  return type === undefined && gateway === undefined && dev !== undefined && protocol === "kernel";
}

function isInside(inner: Ipv4Block, outer: Ipv4Block): boolean {
  return inner.prefix >= outer.prefix && overlaps(inner, outer);
}

/** The line of `ip` that makes the host answer for an address in the network: its neighbours send packets for it here. */
export function announcement({ device }: LanPool, address: string): string {
  return `neighbour replace proxy ${address} dev ${device}`;
}

/** Makes the host answer for {@link announcement}s at once: by default it waits for up to 800 ms, by chance. */
export function answerAtOnce({ device }: LanPool): void {
  writeFileSync(`/proc/sys/net/ipv4/neigh/${device}/proxy_delay`, "0");
}

/** Takes announcements of a pool's addresses back, whichever network they were made in. */
export async function withdraw(pool: string, which: (address: string) => boolean): Promise<void> {
  const block = cidr(pool);
  const isInPool = (address: string) => {
    const base = parseIpv4(address);
    return base !== undefined && overlaps(block, { base, prefix: 32 });
  };
  const announced = await ipJson<ProxyNeighbour>(["neighbour", "show", "proxy"]);
  const lines = announced
    .filter(({ dst }) => isInPool(dst) && which(dst))
    .map(({ dst, dev }) => `neighbour delete proxy ${dst} dev ${dev}`);
  await ipBatch(lines);
}
