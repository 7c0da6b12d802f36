import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/files.ts";
import { cidr, firstFreeBlock, formatCidr, parseCidr, type Ipv4Block } from "../ipv4.ts";
import { formatIpv6Cidr, ipv6Cidr, ipv6Overlaps, parseIpv6Cidr, type Ipv6Block } from "../ipv6.ts";
import { aliveInstances, foreignRoutes, routeBlock } from "./guards.ts";
import { ipJson, type Route } from "./ip.ts";
import type { RangeClaims } from "./range-claims.ts";

/** The address ranges of an engine, chosen at its first start and kept. */
export interface Ranges {
  publicPool: string;
  /** One address for each VPC's router, the first for the host. */
  transit: string;
  /** The IPv6 ranges of VPCs; the last address is the host's. */
  ipv6Pool: string;
}

/** Both lie in the range that RFC 2544 keeps for tests: hosts do not have routes into it. */
const PUBLIC_PARENT = cidr("198.19.0.0/16");
export const TRANSIT_PARENT = cidr("198.18.0.0/16");
const RANGE_PREFIX = 22;

/**
 * The recorded ranges, as long as no other engine has taken them while this one and its tasks were down; else free ones,
 * which are recorded.
 * @param publicPool the range that was told, checked before
 * @throws Error when none is free, or when the record is damaged
 */
export async function readOrChooseRanges(
  instance: string,
  dataFolder: string,
  claims: RangeClaims,
  publicPool: string | undefined,
): Promise<Ranges> {
  const file = join(dataFolder, "network.json");
  const recorded = readRanges(file);
  const taken = (await foreignRoutes(instance)).flatMap((route) => routeBlock(route) ?? []);
  const isAlive = await aliveInstances();
  const claim = (range: string) => claims.claim(range, isAlive);
  const choose = (parent: Ipv4Block, before: string | undefined) => {
    if (before !== undefined && claim(before)) return before;
    const busy = [...taken];
    for (;;) {
      const range = freeRange(parent, busy);
      if (claim(range)) return range;
      busy.push(cidr(range));
    }
  };
  if (publicPool !== undefined && !claim(publicPool))
    throw new Error(`the public pool ${publicPool} belongs to another engine on this host`);
  const ranges = {
    publicPool: publicPool ?? choose(PUBLIC_PARENT, recorded.publicPool),
    transit: choose(TRANSIT_PARENT, recorded.transit),
    ipv6Pool: await chooseIpv6Pool(instance, recorded.ipv6Pool, claim),
  };
  if (JSON.stringify(ranges) !== JSON.stringify(recorded)) writeFileAtomic(file, JSON.stringify(ranges));
  return ranges;
}

/** The public pool that was recorded last, for what is left of it on the host. */
export function recordedPublicPool(dataFolder: string): string | undefined {
  return readRanges(join(dataFolder, "network.json")).publicPool;
}

function freeRange(parent: Ipv4Block, taken: readonly Ipv4Block[]): string {
  const block = firstFreeBlock(parent, RANGE_PREFIX, taken);
  if (!block)
    throw new Error(`the host has routes into all of ${formatCidr(parent)}: name a range of addresses for public use`);
  return formatCidr(block);
}

async function chooseIpv6Pool(
  instance: string,
  before: string | undefined,
  claim: (range: string) => boolean,
): Promise<string> {
  if (before !== undefined && claim(before)) return before;
  const routes = await ipJson<Route>(["route", "show"], undefined, 6).catch(() => []); // no IPv6
  const taken = routes.flatMap((route) => parseIpv6Cidr(route.dst) ?? []);
  for (let attempt = 0; ; attempt++) {
    const pool = uniqueLocalPool(instance, attempt);
    if (!taken.some((block) => ipv6Overlaps(block, pool)) && claim(formatIpv6Cidr(pool))) return formatIpv6Cidr(pool);
  }
}

/** A /40 of unique local addresses: `fd` and 32 bits that another engine does not come by (RFC 4193). */
function uniqueLocalPool(instance: string, attempt: number): Ipv6Block {
  const digits = createHash("sha256").update(`${instance}/${attempt}`).digest("hex");
  return ipv6Cidr(`fd${digits.slice(0, 2)}:${digits.slice(2, 6)}:${digits.slice(6, 8)}00::/40`);
}

/** @throws Error that names the file when it cannot be understood */
function readRanges(file: string): Partial<Ranges> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return {};
    throw new Error(`cannot read ${file}: ${String(cause)}`, { cause });
  }
  const ranges = parseRanges(text);
  if (!ranges)
    throw new Error(
      `${file} is damaged: restore it from a backup, or delete it to have new ranges of addresses chosen ` +
        "(the tasks' public addresses then change)",
    );
  return ranges;
}

function parseRanges(text: string): Partial<Ranges> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { publicPool, transit, ipv6Pool } = value as Record<string, unknown>;
  const isIpv4Block = (range: unknown): range is string => typeof range === "string" && parseCidr(range) !== undefined;
  // Engines did not always have a range of IPv6 addresses.
  const isIpv6Block = (range: unknown): range is string => typeof range === "string" && !!parseIpv6Cidr(range);
  if (!isIpv4Block(publicPool) || !isIpv4Block(transit)) return undefined;
  if (ipv6Pool === undefined) return { publicPool, transit };
  return isIpv6Block(ipv6Pool) ? { publicPool, transit, ipv6Pool } : undefined;
}
