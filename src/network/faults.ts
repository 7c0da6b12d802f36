/** Packets to a port are dropped, as they leave the interface's namespace or as they come in. */
export interface BlackholeFault {
  kind: "blackhole";
  direction: "ingress" | "egress";
  protocol: "tcp" | "udp";
  port: number;
  /** Addresses and CIDR blocks of the other side that are spared. */
  spared: readonly string[];
}

interface FlowFault {
  /** Addresses and CIDR blocks of either family that packets go to. */
  destinations: readonly string[];
  /** Of these, what is spared. */
  spared: readonly string[];
  /** How many of the flows (addresses and ports) are hit, 1 to 100. */
  flowsPercent: number;
}

/** Packets leave the interface late. */
export interface LatencyFault extends FlowFault {
  kind: "latency";
  delayMs: number;
  /** At most so much more or less, at random. */
  jitterMs: number;
}

/** Packets that leave the interface get lost, at random. */
export interface LossFault extends FlowFault {
  kind: "loss";
  lossPercent: number;
}

/** A disturbance of one interface's traffic, made on purpose. */
export type FaultSpec = BlackholeFault | LatencyFault | LossFault;

/** By what a running fault is known: there is one of each name at most. */
export type FaultName = "latency" | "loss" | `${"ingress" | "egress"}-${"tcp" | "udp"}-${number}`;

/** The name of a fault: of a blackhole, it says everything but who is spared. */
export function faultName(fault: FaultSpec | Omit<BlackholeFault, "spared">): FaultName {
  return fault.kind === "blackhole" ? `${fault.direction}-${fault.protocol}-${fault.port}` : fault.kind;
}
