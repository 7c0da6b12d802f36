import type { FlowSample, InterfaceCounters, InterfaceSpec, NetworkBackend, VpcSpec } from "./backend.ts";
import type { FaultName } from "./faults.ts";

/** VPCs that exist in name only, for the simulated compute backend: no root, no packets. */
export class SimulatedNetwork implements NetworkBackend {
  private readonly pool: string;
  private readonly vpcs = new Map<string, Set<string>>();

  /** @param publicPool the CIDR of public addresses; a range kept for tests unless told */
  constructor(publicPool = "198.19.0.0/16") {
    this.pool = publicPool;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  publicPool(): string {
    return this.pool;
  }

  ipv6Pool(): string {
    return "fd00:6e67::/40";
  }

  async applyVpc(spec: VpcSpec): Promise<void> {
    this.vpcs.set(spec.vpcId, new Set(spec.interfaces.map((each) => each.interfaceId)));
  }

  async attach(vpcId: string, spec: InterfaceSpec): Promise<{ networkNamespace: string }> {
    const interfaces = this.vpcs.get(vpcId);
    if (!interfaces) throw new Error(`${vpcId} was not applied`);
    interfaces.add(spec.interfaceId);
    return { networkNamespace: `simulated:${spec.interfaceId}` };
  }

  async detach(vpcId: string, interfaceId: string): Promise<void> {
    this.vpcs.get(vpcId)?.delete(interfaceId);
  }

  async applyTopology(): Promise<void> {}

  async applyGroups(): Promise<void> {}

  async applyZones(): Promise<void> {}

  async listen(): Promise<void> {}

  async listenForTasks(): Promise<void> {}

  async counters(): Promise<InterfaceCounters | undefined> {
    return undefined;
  }

  async runningFaults(): Promise<FaultName[]> {
    return [];
  }

  async startFault(): Promise<void> {
    throw new Error("simulated interfaces have no traffic");
  }

  async stopFault(): Promise<void> {}

  async readFlows(): Promise<FlowSample[]> {
    return [];
  }

  async removeVpc(vpcId: string): Promise<void> {
    this.vpcs.delete(vpcId);
  }

  async list(): Promise<{ vpcId: string; interfaceIds: string[] }[]> {
    return [...this.vpcs].map(([vpcId, interfaces]) => ({ vpcId, interfaceIds: [...interfaces] }));
  }

  async removeAll(): Promise<void> {
    this.vpcs.clear();
  }
}
