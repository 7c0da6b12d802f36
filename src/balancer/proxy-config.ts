import type {
  ProxyClientRoute,
  ProxyEndpoint,
  ProxyHeaderRule,
  ProxyProtocol,
  ProxyServerRoute,
  ProxyShift,
  ProxySpec,
} from "./service-connect.ts";

/**
 * The first of the ports that a proxy listens on for what is redirected to it: behind those that Linux takes for outgoing
 * connections (32768 to 60999), where containers hardly listen. A task offers at most 100 ports; the rest is for the
 * aliases of its namespace.
 */
const FIRST_INGRESS_PORT = 61_001;
const FIRST_ALIAS_PORT = 61_101;
/** Connections at once: twice as many file descriptors. */
const MAX_CONNECTIONS = 4000;

/**
 * As AWS documents for Service Connect: a connection that fails is tried twice more, elsewhere; an endpoint that failed
 * five times in a row is avoided for 30 seconds.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
 */
const RETRIES = 2;
const OUTLIER_CHECKS = "check inter 30s fall 5 rise 1 observe layer4 error-limit 5 on-error mark-down";

/** Where the files of one proxy are. */
export interface ProxyFiles {
  socket: string;
  /** An empty folder that the process is locked into. */
  jail: string;
  user: string;
}

/** The port on localhost that the proxy itself listens on for a client route. */
export function aliasPort(index: number): number {
  return FIRST_ALIAS_PORT + index;
}

/** The port that the proxy itself listens on for a server route. */
export function listenPort(route: ProxyServerRoute, index: number): number {
  return isRedirected(route) ? FIRST_INGRESS_PORT + index : route.ingressPort;
}

/** Whether packets for the container's port are led to the proxy: the proxy cannot have that port itself. */
export function isRedirected(route: ProxyServerRoute): boolean {
  return route.ingressPort === route.containerPort;
}

/** HAProxy's configuration for the proxy of a task. */
export function haproxyConfig(spec: ProxySpec, { socket, jail, user }: ProxyFiles): string {
  return [
    "global",
    `  stats socket ${socket} mode 600 level admin`,
    "  nbthread 1",
    `  maxconn ${MAX_CONNECTIONS}`,
    "  no strict-limits",
    `  user ${user}`,
    `  chroot ${jail}`,
    "  hard-stop-after 30s",
    ...(spec.accessLog ? ["  log stdout format raw local0 info"] : []),
    ...spec.clients.map(({ shift }, i) => `  set-var ${shiftVariable(i)} int(${tenths(shift)})`),
    "defaults",
    "  timeout connect 5s",
    "  timeout tunnel 1h",
    "  timeout client-fin 30s",
    `  retries ${RETRIES}`,
    "  option redispatch 1",
    "  option splice-auto",
    '  http-error status 503 content-type "text/plain" string "no healthy upstream"',
    ...spec.clients.flatMap((route, i) => clientSections(route, i, accessLog(spec, route))),
    ...spec.servers.flatMap((route, i) => serverSections(route, i, accessLog(spec, route))),
    "",
  ].join("\n");
}

/** The backend that a client route's endpoints are servers of. */
export function clientBackend(index: number): string {
  return `client${index}`;
}

/** The backend of those that a client route's traffic is shifted to. */
export function shiftBackend(index: number): string {
  return `${clientBackend(index)}-shift`;
}

/** What says how much of a client route's traffic is shifted, in {@link tenths}; it can be set at run time. */
export function shiftVariable(index: number): string {
  return `proc.${clientBackend(index)}`;
}

/** Of a percent. */
export function tenths(shift: ProxyShift | undefined): number {
  return Math.round((shift?.percent ?? 0) * 10);
}

/** An endpoint as one of HAProxy's servers: another address is another server. */
export function serverName({ id, address, port }: ProxyEndpoint): string {
  return `${id}_${address}_${port}`.replaceAll(/[^\w.-]/g, "_");
}

/** What follows an endpoint's name, in the configuration and in `add server`. */
export function serverArguments({ address, port }: ProxyEndpoint, protocol: ProxyProtocol): string {
  const target = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return [target, OUTLIER_CHECKS, ...(isHttp2(protocol) ? ["proto h2"] : [])].join(" ");
}

function clientSections(route: ProxyClientRoute, index: number, log: readonly string[]): string[] {
  const section = clientBackend(index);
  const shift = shiftBackend(index);
  return [
    `frontend ${section}`,
    `  bind 127.0.0.1:${aliasPort(index)}`,
    ...frontend(route),
    ...log,
    ...(route.testHeader
      ? [`  use_backend ${shift} if { ${headerMatch(route.testHeader)} } { nbsrv(${shift}) gt 0 }`]
      : []),
    `  use_backend ${shift} if { rand(1000),sub(${shiftVariable(index)}) lt 0 }`,
    `  default_backend ${section}`,
    `backend ${section}`,
    ...clientBackendLines(route, route.endpoints),
    `backend ${shift}`,
    ...clientBackendLines(route, route.shift?.endpoints ?? []),
  ];
}

function clientBackendLines(route: ProxyClientRoute, endpoints: readonly ProxyEndpoint[]): string[] {
  return [
    ...backend(route),
    "  balance roundrobin",
    ...endpoints.map((endpoint) => `  server ${serverName(endpoint)} ${serverArguments(endpoint, route.protocol)}`),
  ];
}

/** A condition on the request. The name is a token; the value is quoted, and no option whatever it begins with. */
function headerMatch({ name, value }: ProxyHeaderRule): string {
  if (value === undefined) return `req.hdr(${name}) -m found`;
  return `req.hdr(${name}) -m str -- '${value.replaceAll("'", String.raw`'\''`)}'`;
}

function serverSections(route: ProxyServerRoute, index: number, log: readonly string[]): string[] {
  const section = `server${index}`;
  return [
    `frontend ${section}`,
    `  bind :::${listenPort(route, index)} v4v6`,
    ...frontend(route),
    ...log,
    `  default_backend ${section}`,
    `backend ${section}`,
    ...backend(route),
    `  server app 127.0.0.1:${route.containerPort}${isHttp2(route.protocol) ? " proto h2" : ""}`,
  ];
}

type Route = ProxyClientRoute | ProxyServerRoute;

/** How a route's own connections are kept. */
function frontend({ protocol, idleTimeoutSeconds }: Route): string[] {
  const idle = seconds(idleTimeoutSeconds);
  return protocol === "tcp"
    ? ["  mode tcp", `  timeout client ${idle}`]
    : ["  mode http", `  timeout client ${idle}`, `  timeout http-keep-alive ${idle}`];
}

/** How its endpoints are spoken to. */
function backend({ protocol, idleTimeoutSeconds, perRequestTimeoutSeconds }: Route): string[] {
  if (protocol === "tcp") return ["  mode tcp", `  timeout server ${seconds(idleTimeoutSeconds)}`];
  return [
    "  mode http",
    `  timeout server ${seconds(perRequestTimeoutSeconds)}`,
    // A request that has reached a server is repeated only when it may have no effect of its own.
    "  retry-on conn-failure empty-response",
    "  http-request disable-l7-retry if !{ method GET HEAD OPTIONS PUT DELETE }",
  ];
}

/** HAProxy takes 0 for a time-out that has passed; AWS, for none. */
function seconds(limit: number): string {
  return limit === 0 ? "24d" : `${limit}s`;
}

function isHttp2(protocol: ProxyProtocol): boolean {
  return protocol === "http2" || protocol === "grpc";
}

function accessLog({ accessLog: log }: ProxySpec, route: Route): string[] {
  if (!log) return [];
  return [
    "  log global",
    `  log-format ${quoted(log.format === "JSON" ? jsonLine(route) : textLine(route, log))}`,
    ...(log.format === "JSON" ? jsonVariables(route, log) : []),
  ];
}

type AccessLog = NonNullable<ProxySpec["accessLog"]>;

function textLine({ protocol, name }: Route, log: AccessLog): string {
  if (protocol === "tcp") return `[%trg] ${name} %ci:%cp %si:%sp %B %U %Tt %tsc`;
  return `[%trg] "%HM ${pathFormat(log)} %HV" %ST %tsc %B %U %Tt ${name} %ci:%cp %si:%sp`;
}

/** HAProxy's own quotes are left out around numbers; the path was made JSON by {@link jsonVariables}. */
function jsonLine({ protocol, name }: Route): string {
  const texts = {
    start_time: "%[var(txn.start)]",
    route: name,
    downstream: "%ci:%cp",
    upstream: "%si:%sp",
    termination: "%tsc",
    ...(protocol === "tcp" ? {} : { method: "%HM", path: "%[var(txn.path)]", protocol: "%HV" }),
  };
  const numbers = {
    bytes_sent: "%B",
    bytes_received: "%U",
    duration_ms: "%Tt",
    ...(protocol === "tcp" ? {} : { response_code: "%ST" }),
  };
  const members = [
    ...Object.entries(texts).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`),
    ...Object.entries(numbers).map(([key, value]) => `${JSON.stringify(key)}:${value}`),
  ];
  return `{${members.join(",")}}`;
}

/** What a line in JSON needs to know from the beginning of the request or connection. */
function jsonVariables({ protocol }: Route, { includeQueryParameters }: AccessLog): string[] {
  const start = "set-var(txn.start) date,utime(%Y-%m-%dT%H:%M:%SZ)";
  if (protocol === "tcp") return [`  tcp-request content ${start}`];
  const path = includeQueryParameters ? "pathq" : "path";
  return [`  http-request ${start}`, `  http-request set-var(txn.path) ${path},json(utf8s)`];
}

function pathFormat({ includeQueryParameters }: AccessLog): string {
  return includeQueryParameters ? "%HU" : "%HP";
}

function quoted(format: string): string {
  return `"${format.replaceAll(/[\\"]/g, String.raw`\$&`)}"`;
}
