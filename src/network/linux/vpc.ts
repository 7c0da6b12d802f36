import { join } from "node:path";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import {
  TASK_ENDPOINT_ADDRESS,
  type FlowSample,
  type InterfaceSpec,
  type PeeringSpec,
  type SecurityGroupSpec,
  type VpcSpec,
  type VpcTopology,
  type ZoneSpec,
} from "../backend.ts";
import type { Connections } from "./connections.ts";
import type { HostNetwork } from "./host.ts";
import { ensureInterfaces, removeNamespace } from "./interface.ts";
import { hostHasIpv6, requireIpv6 } from "./ipv6-host.ts";
import { interfaceNamespace, listNamespaces, namespacePath } from "./names.ts";
import { Resolver, type NameRecord } from "./resolver.ts";
import { Router } from "./router.ts";
import { addressesOf, resolverAddresses, VpcRules } from "./vpc-rules.ts";

export interface VpcOptions {
  vpcId: string;
  instance: string;
  runFolder: string;
  host: HostNetwork;
  connections: Connections;
  upstreams(): readonly string[];
  /** The TCP ports that tasks are served at {@link TASK_ENDPOINT_ADDRESS}. */
  taskPorts(): readonly number[];
  log: Logger;
}

/** What is known once the VPC was applied. */
interface Applied {
  topology: VpcTopology;
  transitAddress: string;
  resolver: Resolver;
}

/** A VPC on this host: its router, the rules, the resolver and the interfaces. */
export class LinuxVpc {
  readonly router: Router;
  readonly rules: VpcRules;
  private readonly options: VpcOptions;
  /** Where transactions lie meanwhile. */
  private readonly folder: string;
  /** One change of the routes at a time, each seeing what the one before it left. */
  private readonly routing = new KeyedQueue();
  private zones: readonly ZoneSpec[] = [];
  private applied: Applied | undefined;

  constructor(options: VpcOptions) {
    const { instance, vpcId, runFolder, host, taskPorts, log } = options;
    this.options = options;
    this.folder = join(runFolder, "network");
    this.router = new Router(instance, vpcId, host);
    this.rules = new VpcRules({ vpcId, router: this.router.path, folder: this.folder, taskPorts, log });
  }

  get vpcId(): string {
    return this.options.vpcId;
  }

  get isApplied(): boolean {
    return this.applied !== undefined;
  }

  /** The peerings that an applied VPC was told of. */
  get peerings(): readonly PeeringSpec[] {
    return this.applied?.topology.peerings ?? [];
  }

  get hasIpv6(): boolean {
    return (this.applied?.topology.ipv6CidrBlocks.length ?? 0) > 0;
  }

  /**
   * Makes everything be as told. What is right already goes on undisturbed.
   * @returns the IPv4 ranges that it had before and has no more
   * @throws Error when it has IPv6 ranges and the host has no IPv6, once the rest is done
   */
  async apply(spec: VpcSpec): Promise<string[]> {
    const { host, instance, vpcId } = this.options;
    const { securityGroups, interfaces, zones, ...topology } = spec;
    const before = await this.router.cidrBlocks();
    this.zones = zones;
    await this.router.ensureNamespace();
    await host.open();
    await this.rules.replace(topology, { securityGroups, interfaces });
    const transitAddress = await this.ensureConnected(topology);
    const resolver = this.applied?.resolver ?? this.resolver(topology);
    this.applied = { topology, transitAddress, resolver };
    for (const { vpcId: owner, interfaceId } of listNamespaces(instance))
      if (owner === vpcId && interfaceId !== undefined && !this.rules.interfaces.has(interfaceId))
        await removeNamespace(interfaceNamespace(instance, vpcId, interfaceId));
    await this.removeStalePublicAddresses();
    await this.link(hostHasIpv6() ? interfaces : interfaces.map(withoutIpv6));
    await this.ensureRoutes();
    await this.ensureResolver(resolver, topology);
    if (topology.ipv6CidrBlocks.length) requireIpv6();
    return before.filter((block) => !topology.cidrBlocks.includes(block));
  }

  /**
   * Makes the rest of an applied VPC be as told, its interfaces and groups apart.
   * @returns and throws as {@link apply}
   */
  async applyTopology(topology: VpcTopology): Promise<string[]> {
    const { topology: before, resolver } = this.known;
    await this.rules.replace(topology);
    const transitAddress = await this.ensureConnected(topology);
    this.applied = { topology, transitAddress, resolver };
    await this.ensureRoutes();
    if (topology.dnsSupport !== before.dnsSupport) await this.ensureResolver(resolver, topology);
    if (topology.ipv6CidrBlocks.length) requireIpv6();
    return before.cidrBlocks.filter((block) => !topology.cidrBlocks.includes(block));
  }

  /**
   * Adds one interface, or changes its public address or groups.
   * @param userNamespace as in {@link NetworkBackend.attach}
   * @returns the path of its namespace
   */
  async attach(spec: InterfaceSpec, userNamespace?: string): Promise<string> {
    const { topology, resolver } = this.known;
    const before = this.rules.interfaces.get(spec.interfaceId);
    const takesOver = this.rules.ownerOf(spec.publicIp, spec.interfaceId) !== undefined;
    await Promise.all([
      this.link([spec], userNamespace),
      this.rules.letIn(spec),
      topology.dnsSupport ? rename(resolver, before, spec) : undefined,
    ]);
    if (spec.role === "nat") await this.ensureRoutes();
    if (before && before.publicIp !== spec.publicIp) await this.releasePublicAddress(before);
    if (takesOver) await this.options.connections.forgetPublic(this.router.path, spec.publicIp!);
    return this.interfacePath(spec.interfaceId);
  }

  /** Removes an interface, whether or not it was told of. */
  async detach(interfaceId: string): Promise<void> {
    const { instance, vpcId } = this.options;
    const spec = this.rules.interfaces.get(interfaceId);
    const { topology, resolver } = this.applied ?? {};
    await Promise.all([
      removeNamespace(interfaceNamespace(instance, vpcId, interfaceId)),
      spec && this.applied ? this.shutOut(spec) : undefined,
      ...(spec && topology?.dnsSupport ? records(spec).map((record) => resolver!.remove(record)) : []),
    ]);
    if (spec?.role === "nat" && this.applied) await this.ensureRoutes();
    if (spec) await this.releasePublicAddress(spec);
  }

  async applyGroups(groups: readonly SecurityGroupSpec[]): Promise<void> {
    if (!this.applied) throw notApplied(this.options.vpcId);
    await this.rules.setGroups(groups);
  }

  /** Lets interfaces through to the ports that tasks are served, when there are more than the rules knew. */
  async openTaskPorts(): Promise<void> {
    await this.rules.replace(this.known.topology);
  }

  async applyZones(zones: readonly ZoneSpec[]): Promise<void> {
    const { resolver, topology } = this.known;
    this.zones = zones;
    if (topology.dnsSupport) await resolver.setZones(zones);
  }

  /** What flowed since the last time, if it is recorded. */
  async readFlows(): Promise<FlowSample[]> {
    return this.known.topology.captureFlows ? await this.rules.readFlows() : [];
  }

  /** Makes the routes be as told; needed when interfaces or links that they lead to have come or gone. */
  async ensureRoutes(): Promise<void> {
    const { topology } = this.known;
    await this.routing.run("", () => this.router.synchronizeRouting(topology, this.rules.interfaces));
  }

  /** The path of an interface's namespace. */
  interfacePath(interfaceId: string): string {
    return namespacePath(interfaceNamespace(this.options.instance, this.options.vpcId, interfaceId));
  }

  /** The IPv4 address of an interface; `undefined` when it is not attached. */
  privateIp(interfaceId: string): string | undefined {
    return this.rules.interfaces.get(interfaceId)?.privateIp;
  }

  /** Stops looking after the resolver; everything stays as it is. */
  async letGo(): Promise<void> {
    await this.applied?.resolver.letGo();
  }

  /** Removes the VPC with all its interfaces, whatever there is of it. @returns the IPv4 ranges it had */
  async remove(): Promise<string[]> {
    const { instance, vpcId, host } = this.options;
    const cidrBlocks = await this.router.cidrBlocks();
    for (const entry of listNamespaces(instance))
      if (entry.vpcId === vpcId && entry.interfaceId !== undefined)
        await removeNamespace(interfaceNamespace(instance, vpcId, entry.interfaceId));
    await (this.applied?.resolver ?? this.resolver()).stop();
    const publicAddresses = await host.publicAddresses(this.router.uplink);
    await this.router.remove();
    await host.removePublicAddresses([...publicAddresses], this.router.uplink);
    this.applied = undefined;
    return cidrBlocks;
  }

  private get known(): Applied {
    if (!this.applied) throw notApplied(this.options.vpcId);
    return this.applied;
  }

  /** Makes the way to the host, and the router's addresses. @returns its address on the host */
  private async ensureConnected(topology: VpcTopology): Promise<string> {
    const { host } = this.options;
    const transitAddress = await host.exclusive(() => this.router.ensureUplink());
    const resolvers = resolverAddresses(topology);
    const wanted = [TASK_ENDPOINT_ADDRESS, ...(topology.dnsSupport ? resolvers : [])];
    await this.router.ensureOwnAddresses(wanted, resolvers);
    if (hostHasIpv6()) await this.router.ensureIpv6(topology.ipv6CidrBlocks);
    for (const block of topology.cidrBlocks) await host.guard(block);
    return transitAddress;
  }

  private async ensureResolver(resolver: Resolver, { dnsSupport }: VpcTopology): Promise<void> {
    const interfaces = [...this.rules.interfaces.values()];
    if (dnsSupport) await resolver.ensure(interfaces.flatMap(records), this.zones);
    else await resolver.stop();
  }

  private link(specs: readonly InterfaceSpec[], userNamespace?: string): Promise<void> {
    const { instance, vpcId, host } = this.options;
    const { transitAddress } = this.known;
    const publicAddressLines = (address: string) =>
      host.publicAddressLines(address, this.router.uplink, transitAddress);
    const owner = userNamespace === undefined ? {} : { userNamespace };
    return ensureInterfaces({ instance, vpcId, runFolder: this.folder, publicAddressLines, ...owner }, specs);
  }

  private async shutOut(spec: InterfaceSpec): Promise<void> {
    await this.rules.shutOut(spec);
    const { connections } = this.options;
    await Promise.all(addressesOf(spec).map((address) => connections.forget(this.router.path, address)));
  }

  /** Takes back what an interface's public address was, unless another interface of the VPC has it now. */
  private async releasePublicAddress({ publicIp, interfaceId }: InterfaceSpec): Promise<void> {
    if (publicIp === undefined || !this.applied || this.rules.ownerOf(publicIp, interfaceId)) return;
    await this.options.host.removePublicAddresses([publicIp], this.router.uplink);
    await this.options.connections.forgetPublic(this.router.path, publicIp);
  }

  private async removeStalePublicAddresses(): Promise<void> {
    const { host } = this.options;
    const wanted = new Set([...this.rules.interfaces.values()].map((spec) => spec.publicIp));
    const present = [...(await host.publicAddresses(this.router.uplink))];
    const stale = present.filter((address) => !wanted.has(address));
    await host.removePublicAddresses(stale, this.router.uplink);
  }

  private resolver(topology?: VpcTopology): Resolver {
    const { vpcId, upstreams, log } = this.options;
    const addresses = topology ? resolverAddresses(topology) : [];
    return new Resolver({ namespace: this.router.name, folder: join(this.folder, vpcId), addresses, upstreams, log });
  }
}

function records({ privateDnsName, publicDnsName, privateIp }: InterfaceSpec): NameRecord[] {
  return [
    { name: privateDnsName, address: privateIp, reverse: true },
    ...(publicDnsName === undefined ? [] : [{ name: publicDnsName, address: privateIp, reverse: false }]),
  ];
}

/** Makes the resolver know an interface's names, and forget those that it had before. */
async function rename(resolver: Resolver, before: InterfaceSpec | undefined, now: InterfaceSpec): Promise<void> {
  const wanted = records(now);
  const stale = before ? records(before).filter((old) => !wanted.some((each) => each.name === old.name)) : [];
  await Promise.all([
    ...stale.map((record) => resolver.remove(record)),
    ...wanted.map((record) => resolver.add(record)),
  ]);
}

function withoutIpv6(spec: InterfaceSpec): InterfaceSpec {
  const { ipv6Address: _ipv6Address, ...rest } = spec;
  return rest;
}

function notApplied(vpcId: string): Error {
  return new Error(`${vpcId} was not applied`);
}
