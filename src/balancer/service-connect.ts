/** How a Service Connect proxy speaks: `tcp` passes bytes on, the others are balanced by request. */
export type ProxyProtocol = "tcp" | "http" | "http2" | "grpc";

/** Where requests can go to. */
export interface ProxyEndpoint {
  /** The task's id, or another text that stays the same as long as the endpoint is the same. */
  id: string;
  address: string;
  port: number;
}

/** Where a part of a client route's requests goes, apart from the others: a revision that traffic is shifted to. */
export interface ProxyShift {
  endpoints: ProxyEndpoint[];
  /** Of the requests, or of the connections for `tcp`: a multiple of a tenth, by chance for each. */
  percent: number;
}

/** Requests that have a header, with a value if one is told. */
export interface ProxyHeaderRule {
  name: string;
  value?: string;
}

/** A client alias: what the task's containers dial. */
export interface ProxyClientRoute {
  /** `DISCOVERYNAME` and the alias port, unique in the task: also the name in logs and metrics. */
  name: string;
  /** What its metrics are counted for. */
  discoveryName: string;
  /** The address that the alias's DNS name stands for in the task's hosts file: of 127.255.0.0/16. */
  address: string;
  port: number;
  protocol: ProxyProtocol;
  /** 0 means without limit; AWS's defaults are filled in by ECS. */
  idleTimeoutSeconds: number;
  /** Not for `tcp`. */
  perRequestTimeoutSeconds: number;
  /** Requests for the shift's endpoints, as long as there are any. Not for `tcp`. */
  testHeader?: ProxyHeaderRule;
  endpoints: ProxyEndpoint[];
  shift?: ProxyShift;
}

/** A port of the task that other tasks reach through the proxy. */
export interface ProxyServerRoute {
  name: string;
  discoveryName: string;
  /** Where packets to the task's interface come in: the container's port, or `ingressPortOverride`. */
  ingressPort: number;
  /** Where the container listens, on the task's localhost or any address. */
  containerPort: number;
  protocol: ProxyProtocol;
  idleTimeoutSeconds: number;
  perRequestTimeoutSeconds: number;
}

/** The proxy of one task, as it should be. */
export interface ProxySpec {
  taskId: string;
  /** Path of the task's network namespace. */
  networkNamespace: string;
  clients: ProxyClientRoute[];
  servers: ProxyServerRoute[];
  /** Where the proxy writes what would be its container's standard output: its start, its end, its warnings. */
  logFile: string;
  /** One line a request or connection beside that. */
  accessLog?: { format: "TEXT" | "JSON"; includeQueryParameters: boolean };
}

/** Counts since the proxy was started; names as in https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html */
export interface ProxyMetrics {
  taskId: string;
  route: string;
  discoveryName: string;
  side: "client" | "server";
  requestCount: number;
  processedBytes: number;
  newConnectionCount: number;
  activeConnectionCount: number;
  http2xx: number;
  http3xx: number;
  http4xx: number;
  http5xx: number;
  connectionErrors: number;
  /** Mean of recent requests. */
  targetResponseTimeMs: number;
}

/** The Service Connect proxies of the tasks on this host. They run on while the control plane is down. */
export interface ServiceConnectProxies {
  start(): Promise<void>;
  /** Lets go; proxies run on. */
  stop(): Promise<void>;
  /** Makes the task's proxy run as told; resolves when it accepts connections. May be repeated. */
  ensure(spec: ProxySpec): Promise<void>;
  /** Changes the endpoints of a client route of a running proxy, without losing a connection. */
  setEndpoints(taskId: string, route: string, endpoints: ProxyEndpoint[], shift?: ProxyShift): Promise<void>;
  /** Ends a task's proxy and removes its files and rules; nothing happens when there is none. */
  remove(taskId: string): Promise<void>;
  metrics(): Promise<ProxyMetrics[]>;
  /** The tasks that have a proxy on this host, told or not: to find what must go. */
  list(): Promise<string[]>;
}
