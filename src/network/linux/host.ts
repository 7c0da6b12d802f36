import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/files.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import { addressAt, cidr, firstFreeBlock, formatCidr, overlaps, parseCidr, type Ipv4Block } from "../ipv4.ts";
import { dockerForwardRules, removeDockerForwardRules } from "./docker-forward.ts";
import { hostTable, hostTableName } from "./host-table.ts";
import { ipBatch, ipJson, type LinkAddresses, type Route } from "./ip.ts";
import { listNamespaces, uplinkPrefix } from "./names.ts";
import { nftTransaction, Table } from "./nft.ts";
import { RangeClaims } from "./range-claims.ts";

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

/** The address ranges of an engine, chosen at its first start and kept. */
interface Ranges {
  publicPool: string;
  /** One address for each VPC's router, the first for the host. */
  transit: string;
}

/** Both lie in the range that RFC 2544 keeps for tests: hosts do not have routes into it. */
const PUBLIC_PARENT = cidr("198.19.0.0/16");
const TRANSIT_PARENT = cidr("198.18.0.0/16");
const RANGE_PREFIX = 22;
/** Of all engines of the host. */
const CLAIMS = "/run/neargate/ranges";

/** The host's side of all VPCs: forwarding, its rules, the ranges of addresses and the routes that guard them. */
export class HostNetwork {
  private readonly options: HostOptions;
  private readonly queue = new KeyedQueue();
  private readonly claims: RangeClaims;
  private ranges: Ranges | undefined;
  private isOpen = false;

  constructor(options: HostOptions) {
    this.options = options;
    this.claims = new RangeClaims(CLAIMS, options.instance);
  }

  /** The host's end of every uplink. */
  get address(): string {
    return addressAt(cidr(this.known.transit), 1);
  }

  get publicPool(): string {
    return this.known.publicPool;
  }

  /**
   * Chooses the ranges of addresses, or finds those chosen before.
   * @throws Error when none is free
   */
  async start(): Promise<void> {
    this.ranges = await this.readOrChooseRanges();
    await this.guard(this.ranges.publicPool);
    await this.closeIfUnused();
  }

  /** Makes the host forward, with rules for our interfaces alone. Needed as long as there is a VPC. */
  async open(): Promise<void> {
    await this.exclusive(async () => {
      if (this.isOpen) return;
      const { instance, log, runFolder } = this.options;
      writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
      await nftTransaction(runFolder, hostTable(instance, this.known));
      await dockerForwardRules(instance, log);
      this.isOpen = true;
    });
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
    const block = cidr(range);
    const routes = await this.foreignRoutes();
    if (routes.some((route) => overlaps(route, block))) return;
    await ipBatch([`route replace unreachable ${range} metric ${this.metric}`]);
  }

  async unguard(range: string): Promise<void> {
    const routes = await ipJson<Route>(["route", "show", "type", "unreachable", "exact", range]);
    if (routes.some((route) => route.metric === this.metric))
      await ipBatch([`route delete unreachable ${range} metric ${this.metric}`]);
  }

  /** The router addresses that VPCs have, by uplink. */
  async transitAddresses(): Promise<Map<string, string>> {
    const links = await ipJson<LinkAddresses>(["address", "show"]);
    const ours = links.filter((link) => link.ifname.startsWith(uplinkPrefix(this.options.instance)));
    return new Map(ours.map((link) => [link.ifname, link.addr_info[0]?.address ?? ""]));
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
    await ipBatch([...(await this.transitAddresses()).keys()].map((uplink) => `link delete ${uplink}`));
    await this.closeIfUnused();
    const routes = await ipJson<Route>(["route", "show", "type", "unreachable"]);
    const ours = routes.filter((route) => route.metric === this.metric);
    await ipBatch(ours.map((route) => `route delete unreachable ${route.dst} metric ${this.metric}`));
    this.claims.release();
  }

  private get known(): Ranges {
    if (!this.ranges) throw new Error("the network was not started");
    return this.ranges;
  }

  /** Marks our guarding routes, worse than any other; two engines may guard the same range. */
  private get metric(): number {
    return metricOf(this.options.instance);
  }

  /** The recorded ranges, as long as no other engine has taken them while this one and its tasks were down. */
  private async readOrChooseRanges(): Promise<Ranges> {
    const file = join(this.options.dataFolder, "network.json");
    const recorded = readRanges(file);
    const taken = await this.foreignRoutes(true);
    const isAlive = await this.aliveInstances();
    const choose = (parent: Ipv4Block, before: string | undefined) => {
      const claim = (range: string) => this.claims.claim(range, isAlive);
      if (before !== undefined && claim(before)) return before;
      const busy = [...taken];
      for (;;) {
        const range = freeRange(parent, busy);
        if (claim(range)) return range;
        busy.push(cidr(range));
      }
    };
    const ranges = {
      publicPool: this.options.publicPool ?? choose(PUBLIC_PARENT, recorded?.publicPool),
      transit: choose(TRANSIT_PARENT, recorded?.transit),
    };
    if (JSON.stringify(ranges) !== JSON.stringify(recorded)) writeFileAtomic(file, JSON.stringify(ranges));
    await ipBatch([`route replace unreachable ${ranges.transit} metric ${this.metric}`]);
    return ranges;
  }

  /**
   * Which engines have something on the host: any guarding route, or an uplink. Not the guard of one range in particular,
   * which {@link guard} leaves out where the host has a route of its own.
   */
  private async aliveInstances(): Promise<(instance: string) => boolean> {
    const guards = await ipJson<Route>(["route", "show", "type", "unreachable"]);
    const links = await ipJson<LinkAddresses>(["address", "show"]);
    return (instance) =>
      guards.some((route) => route.metric === metricOf(instance)) ||
      links.some((link) => link.ifname.startsWith(uplinkPrefix(instance)));
  }

  /** Where the host's routes lead, without its default routes and ours; the guards of other engines when asked. */
  private async foreignRoutes(withGuards = false): Promise<Ipv4Block[]> {
    const routes = await ipJson<Route>(["route", "show", "table", "main"]);
    return routes
      .filter((route) => !route.dev?.startsWith(uplinkPrefix(this.options.instance)))
      .filter((route) => (withGuards ? route.metric !== this.metric : route.type !== "unreachable"))
      .flatMap((route) => parseCidr(route.dst.includes("/") ? route.dst : `${route.dst}/32`) ?? [])
      .filter((block) => block.prefix > 0);
  }
}

function metricOf(instance: string): number {
  return 0x4e000000 + Number.parseInt(instance, 16);
}

function freeRange(parent: Ipv4Block, taken: readonly Ipv4Block[]): string {
  const block = firstFreeBlock(parent, RANGE_PREFIX, taken);
  if (!block)
    throw new Error(`the host has routes into all of ${formatCidr(parent)}: name a range of addresses for public use`);
  return formatCidr(block);
}

function readRanges(file: string): Ranges | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Ranges;
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}
