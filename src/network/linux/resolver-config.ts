import { startLine, type ZoneStart, type ZoneTable } from "./zones.ts";

/** Files in a resolver's folder, which is unbound's working directory: the one path that it can read unprivileged. */
export const FILES = {
  config: "unbound.conf",
  structure: "structure.conf",
  data: "data.conf",
  names: "names.json",
} as const;

/** Where the zone server listens, inside the VPC's router, where tasks do not reach it. */
export const ZONE_SERVER_PORT = 5354;

/** What unbound must read anew when it changes: it does so without closing its sockets. */
export interface Structure {
  upstreams: readonly string[];
  zones: ZoneStart[];
  /** The names that the zone server answers. */
  dynamic: string[];
}

/**
 * What the resolver of a VPC should be built of. A name that the zone server answers stays there as long as it exists:
 * a service that has eight tasks now and nine then changes nothing.
 */
export function structureOf(
  { zones, sets, dynamic }: ZoneTable,
  upstreams: readonly string[],
  present: Structure | undefined,
): Structure {
  const names = new Set(sets.map((set) => set.name));
  const kept = present?.dynamic.filter((name) => names.has(name)) ?? [];
  return { upstreams: [...upstreams], zones, dynamic: [...new Set([...dynamic, ...kept])].toSorted() };
}

/** The part that unbound reads once, when it starts: where it listens and as whom it runs. */
export function baseConfig(options: { addresses: readonly string[]; user: string; controlSocket: string }): string {
  return lines(
    "server:",
    ...options.addresses.map((address) => `  interface: ${address}`),
    "  ip-freebind: yes",
    // The VPC's rules let only its own interfaces come near.
    "  access-control: 0.0.0.0/0 allow",
    "  access-control: ::/0 allow",
    `  access-control-view: 0.0.0.0/0 ${CHANGING}`,
    `  access-control-view: ::/0 ${CHANGING}`,
    `  username: "${options.user}"`, // once it has bound its ports and made its control socket
    '  chroot: ""',
    '  pidfile: ""',
    '  directory: "."',
    "  use-syslog: no",
    "  hide-identity: yes",
    "  hide-version: yes",
    "  num-threads: 1",
    "  so-rcvbuf: 0",
    "  incoming-num-tcp: 64",
    "  msg-cache-size: 4m",
    "  rrset-cache-size: 8m",
    "  key-cache-size: 64k",
    "  neg-cache-size: 64k",
    "  infra-cache-numhosts: 256",
    '  module-config: "iterator"',
    "  rrset-roundrobin: yes",
    "  qname-minimisation: no", // whom it asks is told, and knows all
    "  do-not-query-localhost: no", // the zone server
    // A name server that was away is asked again within seconds.
    "  infra-host-ttl: 5",
    "  infra-keep-probing: yes",
    "  infra-cache-max-rtt: 2000",
    "  outbound-msg-retry: 3",
    // Names that unbound would not forward by itself, but a host's own name server may know.
    '  local-zone: "test." nodefault',
    '  local-zone: "home.arpa." nodefault',
    `  include: "${FILES.structure}"`,
    `  include: "${FILES.data}"`,
    "remote-control:",
    "  control-enable: yes",
    `  control-interface: "${options.controlSocket}"`,
    "  control-use-cert: no",
  );
}

/** Names while they change: unbound's view that is asked before all else. */
export const CHANGING = "changing";

/** The part that says which names are whose. */
export function structureConfig({ upstreams, zones, dynamic }: Structure): string {
  const zoneServer = `127.0.0.1@${ZONE_SERVER_PORT}`;
  const stubs = dynamic.length ? zones.filter(({ name }) => !name.endsWith(".arpa")) : [];
  return lines(
    "server:",
    ...zones.flatMap((zone) => [`  local-zone: "${zone.name}." static`, `  local-data: "${startLine(zone)}"`]),
    ...dynamic.map((name) => `  local-zone: "${name}." always_transparent`),
    // Without a server to forward to, unbound would ask the internet's root servers.
    ...(upstreams.length ? [] : ['  local-zone: "." refuse']),
    "view:",
    `  name: "${CHANGING}"`,
    "  view-first: yes",
    ...stubs.flatMap(({ name }) => [
      "stub-zone:",
      `  name: "${name}."`,
      `  stub-addr: ${zoneServer}`,
      "  stub-no-cache: yes",
    ]),
    "forward-zone:",
    '  name: "."',
    // For an alias to elsewhere, the zone server refuses, or is not there.
    ...(upstreams.length ? upstreams : [zoneServer]).map((server) => `  forward-addr: ${server}`),
  );
}

/** The part with the names that unbound knows from the start. */
export function dataConfig(records: Iterable<string>): string {
  return lines("server:", ...Array.from(records, (line) => `  local-data: '${line}'`));
}

function lines(...each: string[]): string {
  return [...each, ""].join("\n");
}
