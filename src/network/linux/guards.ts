import { overlaps, parseCidr, type Ipv4Block } from "../ipv4.ts";
import { ipBatch, ipDelete, ipJson, type IpVersion, type LinkAddresses, type Route } from "./ip.ts";
import { uplinkPrefix } from "./names.ts";

const FIRST_METRIC = 0x4e000000;

/** Marks an engine's guarding routes, worse than any other; two engines may guard the same range. */
export function metricOf(instance: string): number {
  return FIRST_METRIC + Number.parseInt(instance, 16);
}

/** Whether the route is the guard of any engine. */
export function isGuard({ type, metric = 0 }: Route): boolean {
  return type === "unreachable" && metric >= FIRST_METRIC && metric < FIRST_METRIC + 0x1000000;
}

/** Makes packets for a range that have no better route unreachable, so that they never leave the host by mistake. */
export async function guardRange(instance: string, range: string): Promise<void> {
  await ipBatch([`route replace unreachable ${range} metric ${metricOf(instance)}`]);
}

/** Takes {@link guardRange} back, for one range or for all. */
export async function unguard(instance: string, version: IpVersion, range?: string): Promise<void> {
  const metric = metricOf(instance);
  const which = range === undefined ? [] : ["exact", range];
  const routes = await ipJson<Route>(["route", "show", "type", "unreachable", ...which], undefined, version);
  const ours = routes.filter((route) => route.metric === metric);
  for (const { dst } of ours) await ipDelete(`route delete unreachable ${dst} metric ${metric}`, version);
}

/** Where the host's IPv4 routes lead that are not this engine's, its default routes among them. */
export async function foreignRoutes(instance: string): Promise<Route[]> {
  const routes = await ipJson<Route>(["route", "show", "table", "main"]);
  return routes
    .filter((route) => !route.dev?.startsWith(uplinkPrefix(instance)))
    .filter((route) => route.type !== "unreachable" || route.metric !== metricOf(instance));
}

/** The range of a route; `undefined` for default routes. */
export function routeBlock({ dst }: Route): Ipv4Block | undefined {
  const block = parseCidr(dst.includes("/") ? dst : `${dst}/32`);
  return block?.prefix ? block : undefined;
}

/** The routes into a range. */
export function routesInto(block: Ipv4Block, routes: readonly Route[]): Route[] {
  return routes.filter((route) => {
    const to = routeBlock(route);
    return to && overlaps(to, block);
  });
}

/**
 * Which engines have something on the host: any guarding route, or an uplink. Not the guard of one range in particular,
 * which is left out where the host has a route of its own.
 */
export async function aliveInstances(): Promise<(instance: string) => boolean> {
  const guards = await ipJson<Route>(["route", "show", "type", "unreachable"]);
  const links = await ipJson<LinkAddresses>(["address", "show"]);
  return (instance) =>
    guards.some((route) => route.metric === metricOf(instance)) ||
    links.some((link) => link.ifname.startsWith(uplinkPrefix(instance)));
}
