import { TASK_ENDPOINT_ADDRESS } from "../../../network/backend.ts";
import type { BlackholeFault, LatencyFault, LossFault } from "../../../network/faults.ts";
import { parseCidr, parseIpv4 } from "../../../network/ipv4.ts";
import { parseIpv6Cidr } from "../../../network/ipv6.ts";
import { decodeRequest } from "./go-json.ts";

/** A request that cannot be carried out as it is; `message` is the agent's. */
export class InvalidFault extends Error {}

const ENDPOINT_PORT = 80;

/**
 * Reads a request about a blackhole, as start, stop and status all have it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fault-injection-endpoints.html
 * @throws DecodeError, InvalidFault
 */
export function blackholeOf(body: Buffer): BlackholeFault {
  const { Port, Protocol, TrafficType, SourcesToFilter } = decodeRequest(body, "NetworkBlackholePortRequest", {
    Port: "uint16",
    Protocol: "string",
    TrafficType: "string",
    SourcesToFilter: "[]string",
  });
  if (Port === undefined) throw missing("Port");
  if (!Protocol) throw missing("Protocol");
  if (!TrafficType) throw missing("TrafficType");
  if (Protocol !== "tcp" && Protocol !== "udp") throw invalid(Protocol, "Protocol");
  if (TrafficType !== "ingress" && TrafficType !== "egress") throw invalid(TrafficType, "TrafficType");
  const spared = addresses(SourcesToFilter, "SourcesToFilter");
  // The way to end the fault stays open.
  if (TrafficType === "egress" && Port === ENDPOINT_PORT) spared.push(TASK_ENDPOINT_ADDRESS);
  return { kind: "blackhole", direction: TrafficType, protocol: Protocol, port: Port, spared };
}

/** Reads a request to start latency. @throws as {@link blackholeOf} */
export function latencyOf(body: Buffer): LatencyFault {
  const request = decodeRequest(body, "NetworkLatencyRequest", {
    DelayMilliseconds: "uint64",
    JitterMilliseconds: "uint64",
    ...FLOWS,
  });
  const { DelayMilliseconds: delayMs, JitterMilliseconds: jitterMs } = request;
  if (delayMs === undefined) throw missing("DelayMilliseconds");
  if (jitterMs === undefined) throw missing("JitterMilliseconds");
  if (delayMs === 0 && jitterMs === 0)
    throw new InvalidFault("required either DelayMilliseconds or JitterMilliseconds to be non-zero");
  return { kind: "latency", delayMs, jitterMs, ...flowsOf(request) };
}

/** Reads a request to start packet loss. @throws as {@link blackholeOf} */
export function lossOf(body: Buffer): LossFault {
  const request = decodeRequest(body, "NetworkPacketLossRequest", { LossPercent: "uint64", ...FLOWS });
  const { LossPercent: lossPercent } = request;
  if (lossPercent === undefined) throw missing("LossPercent");
  if (lossPercent < 1 || lossPercent > 100) throw invalid(String(lossPercent), "LossPercent");
  return { kind: "loss", lossPercent, ...flowsOf(request) };
}

const FLOWS = { Sources: "[]string", SourcesToFilter: "[]string", FlowsPercent: "int" } as const;

function flowsOf(request: { Sources?: string[]; SourcesToFilter?: string[]; FlowsPercent?: number }) {
  const { Sources, SourcesToFilter, FlowsPercent: flowsPercent = 100 } = request;
  if (!Sources?.length) throw missing("Sources");
  const destinations = addresses(Sources, "Sources");
  const spared = [...addresses(SourcesToFilter, "SourcesToFilter"), TASK_ENDPOINT_ADDRESS];
  if (flowsPercent <= 0 || flowsPercent > 100) throw invalid(String(flowsPercent), "flowsPercent");
  return { destinations, spared, flowsPercent };
}

/** Addresses and CIDR blocks of either family. */
function addresses(values: readonly string[] = [], parameter: string): string[] {
  for (const value of values) if (!isAddress(value)) throw invalid(value, parameter);
  return [...values];
}

function isAddress(text: string): boolean {
  if (!text.includes(":")) return parseIpv4(text) !== undefined || parseCidr(text) !== undefined;
  return parseIpv6Cidr(text.includes("/") ? text : `${text}/128`) !== undefined;
}

function missing(parameter: string): InvalidFault {
  return new InvalidFault(`required parameter ${parameter} is missing`);
}

function invalid(value: string, parameter: string): InvalidFault {
  return new InvalidFault(`invalid value ${value} for parameter ${parameter}`);
}
