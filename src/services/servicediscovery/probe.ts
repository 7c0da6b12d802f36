import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect } from "node:net";
import type { HealthCheckSettings } from "./store.ts";

/** What is probed. */
export interface Endpoint {
  address: string;
  port: number;
  /** The name of the service in DNS, for the Host header and SNI. */
  hostName?: string;
}

/** Route 53's time limits: for a TCP check, and for connection and answer of an HTTP check together. */
const TCP_LIMIT_MS = 10_000;
const HTTP_LIMIT_MS = 6000;

/**
 * Whether an endpoint passes one health check now.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
export function probe(check: HealthCheckSettings, endpoint: Endpoint, signal: AbortSignal): Promise<boolean> {
  return check.type === "TCP" ? probeTcp(endpoint, signal) : probeHttp(check, endpoint, signal);
}

function probeTcp({ address, port }: Endpoint, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TCP_LIMIT_MS)]);
    const socket = connect({ host: address, port, signal: limit });
    const end = (passed: boolean) => {
      socket.destroy();
      resolve(passed);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

/** Certificates are not verified, as by Route 53. */
function probeHttp(check: HealthCheckSettings, endpoint: Endpoint, signal: AbortSignal): Promise<boolean> {
  const { address, port, hostName } = endpoint;
  const send = check.type === "HTTPS" ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const request = send({
      host: address,
      port,
      path: check.resourcePath ?? "/",
      headers: hostName === undefined ? {} : { host: hostName },
      ...(hostName !== undefined && { servername: hostName }),
      rejectUnauthorized: false,
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(HTTP_LIMIT_MS)]),
    });
    request.once("response", ({ statusCode = 0 }) => {
      resolve(statusCode >= 200 && statusCode < 400);
      request.destroy();
    });
    request.on("error", () => resolve(false));
    request.end();
  });
}
