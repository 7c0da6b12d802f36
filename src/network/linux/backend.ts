import { rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../base/log.ts";
import type { Server } from "node:net";
import type {
  FlowSample,
  InterfaceSpec,
  NetworkBackend,
  SecurityGroupSpec,
  VpcSpec,
  VpcTopology,
  ZoneSpec,
} from "../backend.ts";
import { Connections } from "./connections.ts";
import { HostNetwork } from "./host.ts";
import { listNamespaces } from "./names.ts";
import { hostNameServers } from "./upstreams.ts";
import { LinuxVpc } from "./vpc.ts";

export interface LinuxNetworkOptions {
  /** Six hexadecimal digits: marks what is ours on the host. */
  instance: string;
  dataFolder: string;
  runFolder: string;
  /** The CIDR of public addresses; the first free range unless told. */
  publicPool: string | undefined;
  /** The name servers that the VPCs' resolvers forward to; the host's unless told. */
  dnsUpstreams: readonly string[] | undefined;
  log: Logger;
}

/** VPCs as network namespaces of this host. Needs root. */
export class LinuxNetwork implements NetworkBackend {
  private readonly options: LinuxNetworkOptions;
  private readonly host: HostNetwork;
  private readonly connections: Connections;
  private readonly vpcs = new Map<string, LinuxVpc>();

  constructor(options: LinuxNetworkOptions) {
    this.options = options;
    this.host = new HostNetwork({ ...options, runFolder: join(options.runFolder, "network") });
    this.connections = new Connections(options.log);
  }

  async start(): Promise<void> {
    await readdir("/"); // libuv makes its threads now, in the host's namespace, see inNamespace
    await this.host.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.vpcs.values()].map((vpc) => vpc.letGo()));
    this.vpcs.clear();
  }

  publicPool(): string {
    return this.host.publicPool;
  }

  ipv6Pool(): string {
    throw new Error("IPv6 is being built");
  }

  async applyTopology(_topology: VpcTopology): Promise<void> {
    throw new Error("topology is being built");
  }

  async applyZones(_vpcId: string, _zones: ZoneSpec[]): Promise<void> {
    throw new Error("zones are being built");
  }

  async listen(_vpcId: string, _interfaceId: string, _port: number, _server: Server): Promise<void> {
    throw new Error("endpoints are being built");
  }

  async readFlows(_vpcId: string): Promise<FlowSample[]> {
    throw new Error("flows are being built");
  }

  async applyVpc(spec: VpcSpec): Promise<void> {
    await this.vpc(spec.vpcId).apply(spec);
  }

  async attach(vpcId: string, spec: InterfaceSpec): Promise<{ networkNamespace: string }> {
    return { networkNamespace: await this.vpc(vpcId).attach(spec) };
  }

  async detach(vpcId: string, interfaceId: string): Promise<void> {
    await this.vpc(vpcId).detach(interfaceId);
  }

  async applyGroups(vpcId: string, groups: SecurityGroupSpec[]): Promise<void> {
    await this.vpc(vpcId).applyGroups(groups);
  }

  async removeVpc(vpcId: string): Promise<void> {
    const blocks = await this.vpc(vpcId).remove();
    this.vpcs.delete(vpcId);
    const others = (await this.list()).map((other) => this.vpc(other.vpcId).cidrBlocks());
    const used = (await Promise.all(others)).flat();
    for (const block of blocks) if (!used.includes(block)) await this.host.unguard(block);
    await this.host.closeIfUnused();
  }

  async list(): Promise<{ vpcId: string; interfaceIds: string[] }[]> {
    const interfaces = new Map<string, string[]>();
    for (const { vpcId, interfaceId } of listNamespaces(this.options.instance))
      interfaces.set(vpcId, [...(interfaces.get(vpcId) ?? []), ...(interfaceId === undefined ? [] : [interfaceId])]);
    return [...interfaces].map(([vpcId, interfaceIds]) => ({ vpcId, interfaceIds }));
  }

  async removeAll(): Promise<void> {
    for (const { vpcId } of await this.list()) await this.removeVpc(vpcId);
    await this.host.removeAll();
    rmSync(join(this.options.runFolder, "network"), { recursive: true, force: true });
  }

  private vpc(vpcId: string): LinuxVpc {
    let vpc = this.vpcs.get(vpcId);
    if (!vpc) {
      const { instance, runFolder, dnsUpstreams, log } = this.options;
      const upstreams = () => dnsUpstreams ?? hostNameServers();
      const { host, connections } = this;
      vpc = new LinuxVpc({ vpcId, instance, runFolder, host, connections, upstreams, log });
      this.vpcs.set(vpcId, vpc);
    }
    return vpc;
  }
}
