import type { IncomingMessage } from "node:http";
import type { Identity } from "../identity/authenticator.ts";
import type { Caller } from "../identity/caller.ts";
import type { WireRequest } from "./protocol.ts";
import type { RequestOrigin } from "./request-origin.ts";

/** What the head of a request and its way here tell. */
interface Arrival {
  head: WireRequest;
  receivedAt: number;
  origin: RequestOrigin | undefined;
}

/** The caller of a request that came by HTTP. */
export function callerOf(message: IncomingMessage, { principal, region }: Identity, arrival: Arrival): Caller {
  const { origin, receivedAt } = arrival;
  return {
    principal,
    region,
    ...clientOf(message, arrival),
    secureTransport: "encrypted" in message.socket,
    ...(origin ? { vpc: origin } : {}),
    at: receivedAt,
  };
}

/** The client's address, without the prefix of IPv4 in IPv6, and what it calls itself. */
export function clientOf(
  { socket }: IncomingMessage,
  { head, origin }: Arrival,
): { sourceIp?: string; userAgent?: string } {
  const sourceIp = origin?.privateIp ?? socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, "");
  const userAgent = head.headers["user-agent"];
  return { ...(sourceIp === undefined ? {} : { sourceIp }), ...(userAgent === undefined ? {} : { userAgent }) };
}
