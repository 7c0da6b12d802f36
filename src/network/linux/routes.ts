import type { InterfaceSpec, RouteTarget, VpcTopology } from "../backend.ts";
import { formatIpv6Cidr, parseIpv6Cidr } from "../ipv6.ts";
import { ipBatch, ipJson, type IpVersion, type Route, type RoutingRule } from "./ip.ts";
import { peerLinkName, portName, UPLINK } from "./names.ts";

/** The other end of any link between routers, as a next hop; its MAC address is told, so nothing asks for it. */
export const NEXT_HOP = { 4: "169.254.0.1", 6: "fe80::1" } as const;
/** Never leaves a VPC. */
export const LINK_LOCAL = "169.254.0.0/16";

/** What is there to lead routes to. */
export interface RoutingPlace {
  topology: VpcTopology;
  /** The VPC's interfaces, by id. */
  interfaces: ReadonlyMap<string, InterfaceSpec>;
  /** The host's end of the uplink. */
  hostAddress: string;
  /** Whether there is a link for the peering. */
  isLinked(peeringId: string): boolean;
}

/** The routing of a router for one IP version: text as `ip` takes it. */
export interface Routing {
  /** How a route leads on, by `table NUMBER TO`. */
  routes: ReadonlyMap<string, string>;
  rules: ReadonlySet<string>;
}

/**
 * The numbers at which rules are asked, after the router's own addresses (0): where the VPC's ports are, then the
 * table of the subnet that the packet comes from, then the way out for what the router sends itself.
 */
const LOCAL_RULE = 100;
const SUBNET_RULE = 200;
const ROUTER_RULE = 300;

const ROUTER_TABLE = 900;
const FIRST_SUBNET_TABLE = 1000;
/** `ip` names the main table in rules, and leaves it out in routes. */
const MAIN = "main";

/**
 * What a VPC's router must have. The main table has the interfaces' own addresses, which {@link ensureInterfaces} makes,
 * and keeps the rest of the VPC's ranges inside; what no table leads anywhere is dropped without a word, as AWS does.
 */
export function wantedRouting(place: RoutingPlace, version: IpVersion): Routing {
  const { topology } = place;
  const isOurs = (cidr: string) => versionOf(cidr) === version;
  const own = version === 4 ? [...topology.cidrBlocks, LINK_LOCAL] : topology.ipv6CidrBlocks;
  const numbers = tableNumbers(topology);
  const rules = [
    `pref ${LOCAL_RULE} from all lookup ${MAIN} suppress_prefixlength 0`,
    `pref ${ROUTER_RULE} from all iif lo lookup ${ROUTER_TABLE}`,
    ...topology.subnets.flatMap(({ cidrBlock, ipv6CidrBlock, routeTableId }) =>
      [cidrBlock, ...(ipv6CidrBlock === undefined ? [] : [ipv6CidrBlock])]
        .filter(isOurs)
        .map((cidr) => subnetRule(canonical(cidr), numbers.get(routeTableId)!)),
    ),
  ];
  const routes = [
    ...own.map((cidr) => [routeKey(MAIN, canonical(cidr)), "blackhole"] as const),
    [routeKey(ROUTER_TABLE, "default"), internet(place, version)] as const,
    ...topology.routeTables.flatMap(({ routeTableId, routes: specs }) => {
      const table = numbers.get(routeTableId)!;
      return [
        [routeKey(table, "default"), "blackhole"] as const, // unless the next lines tell another
        ...specs
          .filter((route) => isOurs(route.destination))
          .map(
            ({ destination, target }) =>
              [routeKey(table, canonical(destination)), way(place, target, version)] as const,
          ),
      ];
    }),
  ];
  return { routes: new Map(routes), rules: new Set(rules) };
}

/** The routing that a router has, apart from routes of the main table that lead to interfaces. */
export async function readRouting(path: string, version: IpVersion): Promise<Routing> {
  const [routes, rules] = await Promise.all([
    ipJson<Route>(["route", "show", "table", "all"], path, version),
    ipJson<RoutingRule>(["rule", "show"], path, version),
  ]);
  const ours = routes
    .filter(({ table }) => table !== "local" && table !== "default")
    .filter(({ table, type }) => table !== undefined || type === "blackhole");
  return {
    routes: new Map(ours.map((route) => [routeKey(route.table ?? MAIN, route.dst), readWay(route)])),
    rules: new Set(rules.filter(({ priority }) => priority > 0).map(readRule)),
  };
}

/** The lines that turn one routing into another; what is the same is not touched, and nothing is missing in between. */
export function routingChanges(present: Routing, wanted: Routing): string[] {
  const changed = [...wanted.routes].filter(([key, to]) => present.routes.get(key) !== to);
  const stale = [...present.routes].filter(([key]) => !wanted.routes.has(key));
  return [
    ...changed.map(([key, to]) => `route replace ${routeText(key, to)}`),
    ...[...wanted.rules].filter((rule) => !present.rules.has(rule)).map((rule) => `rule add ${rule}`),
    ...[...present.rules].filter((rule) => !wanted.rules.has(rule)).map((rule) => `rule delete ${rule}`),
    ...stale.map(([key, to]) => `route delete ${routeText(key, to)}`),
  ];
}

/**
 * Makes the router at `path` route as wanted.
 * @throws CommandError
 */
export async function synchronizeRouting(path: string, version: IpVersion, wanted: Routing): Promise<void> {
  const change = async () => ipBatch(routingChanges(await readRouting(path, version), wanted), path, version);
  await change().catch(change); // a route that was to be deleted may have gone with its device meanwhile
}

/** The numbers of route tables in the kernel: the ids say them, so that they are the same after a restart. */
function tableNumbers({ routeTables }: VpcTopology): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const taken = new Set<number>();
  for (const id of routeTables.map((table) => table.routeTableId).toSorted()) {
    let number = FIRST_SUBNET_TABLE + (Number.parseInt(id.slice(-8), 16) >>> 1);
    while (taken.has(number)) number++;
    taken.add(number);
    numbers.set(id, number);
  }
  return numbers;
}

function way(place: RoutingPlace, target: RouteTarget, version: IpVersion): string {
  switch (target.kind) {
    case "internet":
    case "egress-only-internet":
      return internet(place, version);
    case "interface": {
      const spec = place.interfaces.get(target.interfaceId);
      if (!spec || version === 6) return "blackhole";
      return `via ${spec.privateIp} dev ${portName(spec.interfaceId)}`;
    }
    case "peering":
      return place.isLinked(target.peeringId)
        ? `via ${NEXT_HOP[version]} dev ${peerLinkName(target.peeringId)}`
        : "blackhole";
    case "blackhole":
      return "blackhole";
  }
}

function internet({ hostAddress }: RoutingPlace, version: IpVersion): string {
  return `via ${version === 4 ? hostAddress : NEXT_HOP[6]} dev ${UPLINK}`;
}

function readWay({ type, gateway, dev }: Route): string {
  if (type !== undefined) return type;
  return gateway === undefined ? `dev ${dev}` : `via ${gateway} dev ${dev}`;
}

function readRule({ priority, src, srclen, iif, table }: RoutingRule): string {
  if (priority === LOCAL_RULE) return `pref ${LOCAL_RULE} from all lookup ${table} suppress_prefixlength 0`;
  if (priority === SUBNET_RULE) return subnetRule(srclen === undefined ? src : `${src}/${srclen}`, Number(table));
  return `pref ${priority} from ${src}${iif === undefined ? "" : ` iif ${iif}`} lookup ${table}`;
}

function subnetRule(cidr: string, table: number): string {
  return `pref ${SUBNET_RULE} from ${cidr} lookup ${table}`;
}

function routeKey(table: string | number, destination: string): string {
  return `table ${table} ${destination}`;
}

function routeText(key: string, to: string): string {
  const [, table = "", destination = ""] = key.split(" ");
  if (to.startsWith("via ")) return `${destination} ${to} onlink table ${table}`;
  return to.startsWith("dev ") ? `${destination} ${to} table ${table}` : `${to} ${destination} table ${table}`;
}

function versionOf(cidr: string): IpVersion {
  return cidr.includes(":") ? 6 : 4;
}

/** A block as the kernel prints it: everything is `default`, a single address has no length. */
function canonical(cidr: string): string {
  const ipv6 = parseIpv6Cidr(cidr);
  const text = ipv6 ? formatIpv6Cidr(ipv6) : cidr;
  if (text.endsWith("/0")) return "default";
  return text.replace(ipv6 ? /\/128$/ : /\/32$/, "");
}
