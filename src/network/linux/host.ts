import { writeFileSync } from "node:fs";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import { addressAt, cidr, firstFreeBlock, parseCidr } from "../ipv4.ts";
import { ipv6Cidr, lastIpv6Address } from "../ipv6.ts";
import { dockerForwardRules, removeDockerForwardRules } from "./docker-forward.ts";
import { foreignRoutes, guardRange, isGuard, metricOf, routesInto, unguard } from "./guards.ts";
import { hostTable, hostTableName } from "./host-table.ts";
import { ipBatch, ipDelete, ipJson, type LinkAddresses, type Route } from "./ip.ts";
import { forwardIpv6, hostHasIpv6, requireIpv6 } from "./ipv6-host.ts";
import { announcement, answerAtOnce, checkPublicPool, withdraw, type LanPool } from "./lan.ts";
import { listNamespaces, uplinkPrefix } from "./names.ts";
import { nftTransaction, Table } from "./nft.ts";
import { CLAIMS, RangeClaims } from "./range-claims.ts";
import { readOrChooseRanges, recordedPublicPool, type Ranges } from "./ranges.ts";

export interface HostOptions {
  instance: string;
  /** Where the address ranges are recorded. */
  dataFolder: string;
  /** Where transactions lie meanwhile. */
  runFolder: string;
  /** The CIDR of public addresses; the first free range unless told. */
  publicPool: string | undefined;
  log: Logger;
}

/** The host's side of all VPCs: forwarding, its rules, the ranges of addresses and the routes that guard them. */
export class HostNetwork {
  private readonly options: HostOptions;
  private readonly queue = new KeyedQueue();
  private readonly claims: RangeClaims;
  private ranges: Ranges | undefined;
  private lan: LanPool | undefined;
  private isOpen = false;

  constructor(options: HostOptions) {
    this.options = options;
    this.claims = new RangeClaims(CLAIMS, options.instance);
  }

  /** The host's end of every uplink. */
  get address(): string {
    return addressAt(cidr(this.known.transit), 1);
  }

  /** Where packets of the host itself come from, for VPCs with IPv6: the last address of the pool. */
  get ipv6Address(): string {
    return lastIpv6Address(ipv6Cidr(this.known.ipv6Pool));
  }

  get publicPool(): string {
    return this.known.publicPool;
  }

  /** @throws Error when the host has no IPv6 */
  get ipv6Pool(): string {
    requireIpv6();
    return this.known.ipv6Pool;
  }

  /**
   * Chooses the ranges of addresses, or finds those chosen before.
   * @throws Error when none is free, or when the public pool that was told cannot be used on this host
   */
  async start(): Promise<void> {
    const { instance, dataFolder, publicPool } = this.options;
    const before = recordedPublicPool(dataFolder);
    this.lan = publicPool === undefined ? undefined : await checkPublicPool(publicPool, instance);
    this.ranges = await readOrChooseRanges(instance, dataFolder, this.claims, publicPool);
    await guardRange(instance, this.ranges.transit);
    // A part of a network that was given to us is ours, though there is a route to the network.
    if (this.lan) await guardRange(instance, this.ranges.publicPool);
    else await this.guard(this.ranges.publicPool);
    if (hostHasIpv6())
      await ipBatch([`route replace unreachable ${this.ranges.ipv6Pool} metric ${metricOf(instance)}`], undefined, 6);
    if (this.lan) answerAtOnce(this.lan);
    const inUse = await this.publicAddresses();
    for (const pool of new Set([before, publicPool]))
      if (pool !== undefined) await withdraw(pool, (address) => !this.lan || !inUse.has(address));
    await this.closeIfUnused();
  }

  /** Makes the host forward, with rules for our interfaces alone. Needed as long as there is a VPC. */
  async open(): Promise<void> {
    await this.exclusive(async () => {
      if (this.isOpen) return;
      const { instance, log, runFolder } = this.options;
      writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
      await nftTransaction(runFolder, hostTable(instance, { transit: this.known.transit, lan: this.lan }));
      await dockerForwardRules(instance, log);
      this.isOpen = true;
    });
  }

  /** Makes the host forward IPv6. @throws Error when it has none */
  async openIpv6(): Promise<void> {
    requireIpv6();
    await this.exclusive(() => forwardIpv6(this.options.log));
  }

  /** Takes {@link open} back when no VPC is left. */
  async closeIfUnused(): Promise<void> {
    await this.exclusive(async () => {
      const { instance, runFolder } = this.options;
      if (listNamespaces(instance).length) return;
      const table = new Table("inet", hostTableName(instance));
      await nftTransaction(runFolder, [table.create(), table.delete()]);
      await removeDockerForwardRules(instance);
      this.isOpen = false;
    });
  }

  /** Runs work that must not meet other such work: all VPCs share the host. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.queue.run("", work);
  }

  /**
   * Makes packets for one of our ranges never leave the host by mistake. A range that the host has a route into, other
   * than its default route, is left alone.
   */
  async guard(range: string): Promise<void> {
    const routes = (await foreignRoutes(this.options.instance)).filter((route) => !isGuard(route));
    if (routesInto(cidr(range), routes).length) return;
    await guardRange(this.options.instance, range);
  }

  async unguard(range: string): Promise<void> {
    await unguard(this.options.instance, 4, range);
  }

  /** The lines of `ip` that make a public address lead to a VPC. */
  publicAddressLines(address: string, uplink: string, transitAddress: string): string[] {
    return [
      `route replace ${address}/32 via ${transitAddress} dev ${uplink} onlink`,
      ...(this.lan ? [announcement(this.lan, address)] : []),
    ];
  }

  /** Makes public addresses lead to a VPC no more; those that lead to another stay. */
  async removePublicAddresses(addresses: readonly string[], uplink: string): Promise<void> {
    for (const address of addresses) await ipDelete(`route delete ${address}/32 dev ${uplink}`);
    if (!this.lan || !addresses.length) return;
    const inUse = await this.publicAddresses();
    await withdraw(this.lan.pool, (address) => addresses.includes(address) && !inUse.has(address));
  }

  /** The public addresses that lead to a VPC, or to any. */
  async publicAddresses(uplink?: string): Promise<Set<string>> {
    const routes = await ipJson<Route>(["route", "show", "table", "main"]);
    const isOurs = (dev: string) =>
      uplink === undefined ? dev.startsWith(uplinkPrefix(this.options.instance)) : dev === uplink;
    return new Set(routes.filter(({ dev, gateway }) => dev && gateway && isOurs(dev)).map(({ dst }) => dst));
  }

  /** The router addresses that VPCs have, by uplink. */
  async transitAddresses(): Promise<Map<string, string>> {
    const links = await ipJson<LinkAddresses>(["address", "show"]);
    const ours = links.filter((link) => link.ifname.startsWith(uplinkPrefix(this.options.instance)));
    return new Map(ours.map((link) => [link.ifname, link.addr_info[0]?.address ?? ""]));
  }

  /** Takes a VPC's uplink away. The kernel does, too, some time after the other end's namespace has gone. */
  async removeUplink(uplink: string): Promise<void> {
    await ipDelete(`link delete ${uplink}`);
  }

  /**
   * An address for one more VPC's router.
   * @throws Error when all are taken
   */
  async freeTransitAddress(): Promise<string> {
    const taken = [...(await this.transitAddresses()).values(), this.address].flatMap((address) => {
      const block = parseCidr(`${address}/32`);
      return block ? [block] : [];
    });
    const transit = cidr(this.known.transit);
    const free = firstFreeBlock(transit, 32, [{ base: transit.base, prefix: 32 }, ...taken]);
    if (!free) throw new Error(`no address is left in ${this.known.transit} for another VPC`);
    return addressAt(free, 0);
  }

  /** Removes every uplink, rule and route of ours, once no VPC is left; the recorded ranges stay. */
  async removeAll(): Promise<void> {
    const { instance, dataFolder } = this.options;
    for (const uplink of (await this.transitAddresses()).keys()) await this.removeUplink(uplink);
    await this.closeIfUnused();
    const pool = this.options.publicPool ?? recordedPublicPool(dataFolder);
    if (pool !== undefined) await withdraw(pool, () => true);
    await unguard(instance, 4);
    if (hostHasIpv6()) await unguard(instance, 6);
    this.claims.release();
  }

  private get known(): Ranges {
    if (!this.ranges) throw new Error("the network was not started");
    return this.ranges;
  }
}
