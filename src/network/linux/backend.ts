import { rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../../base/log.ts";
import type { Server } from "node:net";
import type {
  FlowSample,
  InterfaceCounters,
  InterfaceSpec,
  NetworkBackend,
  SecurityGroupSpec,
  TaskConnectionHandler,
  VpcSpec,
  VpcTopology,
  ZoneSpec,
} from "../backend.ts";
import type { FaultName, FaultSpec } from "../faults.ts";
import { Connections } from "./connections.ts";
import { readCounters } from "./counters.ts";
import { Faults } from "./faults.ts";
import { HostNetwork } from "./host.ts";
import { Listeners } from "./listen.ts";
import { listNamespaces, namespacePath, vpcNamespace } from "./names.ts";
import { isNamespace } from "./namespace.ts";
import { Peerings } from "./peering.ts";
import { TaskListeners } from "./task-listeners.ts";
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
  private readonly listeners = new Listeners();
  private readonly taskListeners = new TaskListeners(this.listeners);
  private readonly faults: Faults;
  private readonly vpcs = new Map<string, LinuxVpc>();
  private readonly peerings = new Peerings(this.vpcs, (vpcId) => this.isOnHost(vpcId));

  constructor(options: LinuxNetworkOptions) {
    this.options = options;
    this.host = new HostNetwork({ ...options, runFolder: join(options.runFolder, "network") });
    this.connections = new Connections(options.log);
    this.faults = new Faults(join(options.runFolder, "network"));
  }

  async start(): Promise<void> {
    await readdir("/"); // libuv makes its threads now, in the host's namespace, see inNamespace
    await this.host.start();
  }

  async stop(): Promise<void> {
    this.taskListeners.close();
    this.listeners.close();
    await Promise.all([...this.vpcs.values()].map((vpc) => vpc.letGo()));
    this.vpcs.clear();
  }

  publicPool(): string {
    return this.host.publicPool;
  }

  ipv6Pool(): string {
    return this.host.ipv6Pool;
  }

  async applyVpc(spec: VpcSpec): Promise<void> {
    const vpc = this.vpc(spec.vpcId);
    await this.unguardUnused(await vpc.apply(spec));
    await this.taskListeners.ensure({ vpcId: spec.vpcId, path: vpc.router.path });
    await this.peerings.synchronize(vpc);
  }

  async applyTopology(topology: VpcTopology): Promise<void> {
    const vpc = this.vpc(topology.vpcId);
    await this.unguardUnused(await vpc.applyTopology(topology));
    await this.peerings.synchronize(vpc);
  }

  async attach(vpcId: string, spec: InterfaceSpec, userNamespace?: string): Promise<{ networkNamespace: string }> {
    const vpc = this.vpc(vpcId);
    const networkNamespace = await vpc.attach(spec, userNamespace);
    await this.peerings.tellMembers(vpc);
    return { networkNamespace };
  }

  async detach(vpcId: string, interfaceId: string): Promise<void> {
    const vpc = this.vpc(vpcId);
    this.listeners.close(vpc.interfacePath(interfaceId));
    const address = vpc.privateIp(interfaceId);
    await vpc.detach(interfaceId);
    if (address !== undefined) this.taskListeners.endFrom({ vpcId, address });
    await this.peerings.tellMembers(vpc);
  }

  async applyGroups(vpcId: string, groups: SecurityGroupSpec[]): Promise<void> {
    const vpc = this.vpc(vpcId);
    await vpc.applyGroups(groups);
    await this.peerings.tellMembers(vpc);
  }

  async applyZones(vpcId: string, zones: ZoneSpec[]): Promise<void> {
    await this.vpc(vpcId).applyZones(zones);
  }

  async listen(vpcId: string, interfaceId: string, port: number, server: Server): Promise<void> {
    const path = this.vpc(vpcId).interfacePath(interfaceId);
    await this.listeners.listen(path, port, server);
  }

  async listenForTasks(port: number, handler: TaskConnectionHandler): Promise<void> {
    const isNew = !this.taskListeners.ports.includes(port);
    this.taskListeners.handle(port, handler);
    for (const vpc of isNew ? this.vpcs.values() : []) {
      if (!vpc.isApplied) continue;
      await vpc.openTaskPorts();
      await this.taskListeners.ensure({ vpcId: vpc.vpcId, path: vpc.router.path });
    }
  }

  async counters(vpcId: string, interfaceId: string): Promise<InterfaceCounters | undefined> {
    return readCounters(this.vpc(vpcId).interfacePath(interfaceId));
  }

  async runningFaults(vpcId: string, interfaceId: string): Promise<FaultName[]> {
    return await this.faults.running(this.vpc(vpcId).interfacePath(interfaceId));
  }

  async startFault(vpcId: string, interfaceId: string, fault: FaultSpec): Promise<void> {
    await this.faults.start(this.vpc(vpcId).interfacePath(interfaceId), fault);
  }

  async stopFault(vpcId: string, interfaceId: string, name: FaultName): Promise<void> {
    await this.faults.stop(this.vpc(vpcId).interfacePath(interfaceId), name);
  }

  async readFlows(vpcId: string): Promise<FlowSample[]> {
    return await this.vpc(vpcId).readFlows();
  }

  async removeVpc(vpcId: string): Promise<void> {
    const vpc = this.vpc(vpcId);
    this.taskListeners.close(vpc.router.path);
    for (const each of await this.list())
      if (each.vpcId === vpcId) for (const id of each.interfaceIds) this.listeners.close(vpc.interfacePath(id));
    await this.peerings.remove(vpc);
    const blocks = await vpc.remove();
    this.vpcs.delete(vpcId);
    await this.peerings.removed(vpcId);
    await this.unguardUnused(blocks);
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

  /** Takes the guards of IPv4 ranges back that no VPC has. */
  private async unguardUnused(blocks: readonly string[]): Promise<void> {
    if (!blocks.length) return;
    const vpcs = (await this.list()).map((each) => this.vpc(each.vpcId));
    const used = (await Promise.all(vpcs.map((vpc) => vpc.router.cidrBlocks()))).flat();
    for (const block of blocks) if (!used.includes(block)) await this.host.unguard(block);
  }

  private isOnHost(vpcId: string): boolean {
    return isNamespace(namespacePath(vpcNamespace(this.options.instance, vpcId)));
  }

  private vpc(vpcId: string): LinuxVpc {
    let vpc = this.vpcs.get(vpcId);
    if (!vpc) {
      const { instance, runFolder, dnsUpstreams, log } = this.options;
      const upstreams = () => dnsUpstreams ?? hostNameServers();
      const { host, connections } = this;
      const taskPorts = () => this.taskListeners.ports;
      vpc = new LinuxVpc({ vpcId, instance, runFolder, host, connections, upstreams, taskPorts, log });
      this.vpcs.set(vpcId, vpc);
    }
    return vpc;
  }
}
