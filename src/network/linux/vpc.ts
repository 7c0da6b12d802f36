import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { failpoint } from "../../base/failpoint.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import type { InterfaceSpec, SecurityGroupSpec, VpcSpec } from "../backend.ts";
import { addressAt, cidr } from "../ipv4.ts";
import type { Connections } from "./connections.ts";
import type { HostNetwork } from "./host.ts";
import { ensureInterfaces, missingNamespace, processesIn, removeNamespace } from "./interface.ts";
import { ipBatch, ipJson, type Route } from "./ip.ts";
import { interfaceNamespace, listNamespaces, namespacePath, UPLINK, uplinkName, vpcNamespace } from "./names.ts";
import { hasDevice, isNamespace, setParameters } from "./namespace.ts";
import { listTable, nftTransaction, type Command } from "./nft.ts";
import { Resolver, type NameRecord } from "./resolver.ts";
import {
  attachCommands,
  detachCommands,
  groupCommands,
  replaceTable,
  VPC_TABLE,
  type RouterSettings,
} from "./vpc-table.ts";

export interface VpcOptions {
  vpcId: string;
  instance: string;
  runFolder: string;
  host: HostNetwork;
  connections: Connections;
  upstreams(): readonly string[];
  log: Logger;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
const LINK_LOCAL_RESOLVER = "169.254.169.253";
const LINK_LOCAL = "169.254.0.0/16";

/** A VPC on this host: its router's namespace, the uplink to the host, the resolver and the interfaces. */
export class LinuxVpc {
  private readonly options: VpcOptions;
  private readonly router: string;
  private readonly uplink: string;
  /** One transaction at a time, each seeing what the one before it left. */
  private readonly transactions = new KeyedQueue();
  private readonly groups = new Map<string, SecurityGroupSpec>();
  private readonly interfaces = new Map<string, InterfaceSpec>();
  /** Known once the VPC was applied. */
  private applied: { settings: RouterSettings; transitAddress: string; resolver: Resolver } | undefined;

  constructor(options: VpcOptions) {
    this.options = options;
    this.router = vpcNamespace(options.instance, options.vpcId);
    this.uplink = uplinkName(options.instance, options.vpcId);
  }

  /** Makes everything be as told. What is right already goes on undisturbed. */
  async apply(spec: VpcSpec): Promise<void> {
    const { host, vpcId } = this.options;
    const resolverAddresses = [addressAt(cidr(spec.cidrBlocks[0]!), 2), LINK_LOCAL_RESOLVER];
    const settings = { resolverAddresses };
    replaceEntries(this.groups, spec.securityGroups, (group) => group.groupId);
    replaceEntries(this.interfaces, spec.interfaces, (each) => each.interfaceId);
    await this.ensureRouter();
    await host.open();
    await this.transactions.run("", () => this.replaceRules(settings));
    const transitAddress = await host.exclusive(() => this.ensureUplink(spec.cidrBlocks, resolverAddresses));
    for (const block of spec.cidrBlocks) await host.guard(block);
    const resolver = this.applied?.resolver ?? this.resolver(resolverAddresses);
    this.applied = { settings, transitAddress, resolver };
    const present = listNamespaces(this.options.instance).filter((entry) => entry.vpcId === vpcId);
    for (const { interfaceId } of present)
      if (interfaceId !== undefined && !this.interfaces.has(interfaceId))
        await removeNamespace(interfaceNamespace(this.options.instance, vpcId, interfaceId));
    await this.link(spec.interfaces);
    await resolver.ensure(spec.interfaces.map(record));
  }

  /** Adds one interface. @returns the path of its namespace */
  async attach(spec: InterfaceSpec): Promise<string> {
    const { instance, vpcId } = this.options;
    const { resolver } = this.known;
    await Promise.all([this.link([spec]), this.change(() => this.letIn(spec)), resolver.add(record(spec))]);
    return namespacePath(interfaceNamespace(instance, vpcId, spec.interfaceId));
  }

  /** Removes an interface, whether or not it was told of. */
  async detach(interfaceId: string): Promise<void> {
    const { instance, vpcId } = this.options;
    const spec = this.interfaces.get(interfaceId);
    await Promise.all([
      removeNamespace(interfaceNamespace(instance, vpcId, interfaceId)),
      spec && this.applied ? this.shutOut(spec) : undefined,
      spec && this.applied?.resolver.remove(record(spec)),
    ]);
  }

  async applyGroups(groups: readonly SecurityGroupSpec[]): Promise<void> {
    await this.change(() => {
      for (const group of groups) this.groups.set(group.groupId, group);
      return groupCommands(groups);
    });
  }

  /** Stops looking after the resolver; everything stays as it is. */
  async letGo(): Promise<void> {
    await this.applied?.resolver.letGo();
  }

  /** Removes the VPC with all its interfaces, whatever there is of it. @returns the address ranges it had */
  async remove(): Promise<string[]> {
    const { instance, vpcId, host } = this.options;
    const cidrBlocks = await this.cidrBlocks();
    for (const entry of listNamespaces(instance))
      if (entry.vpcId === vpcId && entry.interfaceId !== undefined)
        await removeNamespace(interfaceNamespace(instance, vpcId, entry.interfaceId));
    await (this.applied?.resolver ?? this.resolver([])).stop();
    if (isNamespace(namespacePath(this.router)))
      for (const pid of await processesIn(this.router)) process.kill(pid, "SIGKILL");
    if ((await host.transitAddresses()).has(this.uplink)) await ipBatch([`link delete ${this.uplink}`]);
    await removeNamespace(this.router);
    this.interfaces.clear();
    this.applied = undefined;
    return cidrBlocks;
  }

  /** The address ranges that the VPC's router knows of. */
  async cidrBlocks(): Promise<string[]> {
    const path = namespacePath(this.router);
    if (!isNamespace(path)) return [];
    const routes = await ipJson<Route>(["route", "show", "type", "blackhole"], path);
    return routes.map((route) => route.dst).filter((block) => block !== LINK_LOCAL);
  }

  private get known() {
    if (!this.applied) throw new Error(`${this.options.vpcId} was not applied`);
    return this.applied;
  }

  private link(specs: readonly InterfaceSpec[]): Promise<void> {
    const { instance, vpcId } = this.options;
    const { transitAddress } = this.known;
    return ensureInterfaces({ instance, vpcId, uplink: this.uplink, transitAddress }, specs);
  }

  /** The commands of an interface that is new, there already, or there with other groups. */
  private letIn(spec: InterfaceSpec): Command[] {
    const before = this.interfaces.get(spec.interfaceId);
    this.interfaces.delete(spec.interfaceId);
    const changed = before && !isDeepStrictEqual(before, spec);
    const commands = [
      ...(changed ? detachCommands(before, [...this.interfaces.values()]) : []),
      ...attachCommands(spec, { groups: this.groups, interfaces: this.interfaces }),
    ];
    this.interfaces.set(spec.interfaceId, spec);
    return commands;
  }

  private async shutOut(spec: InterfaceSpec): Promise<void> {
    await this.change(() => {
      this.interfaces.delete(spec.interfaceId);
      return detachCommands(spec, [...this.interfaces.values()]);
    });
    await this.options.connections.forget(namespacePath(this.router), spec.privateIp);
  }

  private async ensureRouter(): Promise<void> {
    await ipBatch(missingNamespace(this.router));
    setParameters(namespacePath(this.router), {
      "ipv6/conf/all/disable_ipv6": "1",
      "ipv6/conf/default/disable_ipv6": "1",
      // For every port that is made: only what is routed back through it may come in, and it answers for the subnet.
      "ipv4/conf/default/rp_filter": "1",
      "ipv4/conf/default/proxy_arp": "1",
      "ipv4/conf/all/send_redirects": "0",
      "ipv4/conf/default/send_redirects": "0",
      "ipv4/conf/all/accept_redirects": "0",
      "ipv4/conf/default/accept_redirects": "0",
      "ipv4/ip_forward": "1",
    });
    failpoint("network.vpc.namespace");
  }

  /** Connects the router to the host. @returns the router's address there */
  private async ensureUplink(cidrBlocks: readonly string[], resolverAddresses: readonly string[]): Promise<string> {
    const { host } = this.options;
    const path = namespacePath(this.router);
    const transit = await host.transitAddresses();
    const linked = transit.has(this.uplink) && hasDevice(path, UPLINK);
    const lines: string[] = [];
    if (transit.has(this.uplink) && !linked) lines.push(`link delete ${this.uplink}`);
    if (!linked) lines.push(`link add ${this.uplink} type veth peer name ${UPLINK} netns ${this.router}`);
    const address = (linked && transit.get(this.uplink)) || (await host.freeTransitAddress());
    await ipBatch([
      ...lines,
      `link set ${this.uplink} addrgenmode none`,
      `address replace ${host.address}/32 peer ${address} dev ${this.uplink}`,
      `link set ${this.uplink} up`,
    ]);
    await ipBatch(
      [
        "link set lo up",
        `address replace ${address}/32 peer ${host.address} dev ${UPLINK}`,
        `link set ${UPLINK} up`,
        // What no interface has is nowhere: it must not go out by the default route.
        ...[...cidrBlocks, LINK_LOCAL].map((block) => `route replace blackhole ${block}`),
        ...resolverAddresses.map((resolver) => `address replace ${resolver}/32 dev lo`),
        `route replace default via ${host.address} dev ${UPLINK}`,
      ],
      path,
    );
    return address;
  }

  /** Applies a change of the rules; should it not fit what the kernel has, all of them anew. */
  private change(commands: () => Command[]): Promise<void> {
    const { settings } = this.known;
    return this.transactions.run("", async () => {
      try {
        await this.transact(commands());
      } catch (err) {
        this.options.log.warn({ err, vpcId: this.options.vpcId }, "rules did not fit, replacing all");
        await this.replaceRules(settings);
      }
    });
  }

  private async replaceRules(settings: RouterSettings): Promise<void> {
    const present = await listTable("inet", VPC_TABLE, namespacePath(this.router));
    await this.transact(replaceTable(settings, { groups: this.groups, interfaces: this.interfaces }, present));
  }

  private transact(commands: readonly Command[]): Promise<void> {
    return nftTransaction(join(this.options.runFolder, "network"), commands, namespacePath(this.router));
  }

  private resolver(addresses: readonly string[]): Resolver {
    const { runFolder, vpcId, upstreams, log } = this.options;
    const folder = join(runFolder, "network", vpcId);
    return new Resolver({ namespace: this.router, folder, addresses, upstreams, log });
  }
}

function record(spec: InterfaceSpec): NameRecord {
  return { name: spec.privateDnsName, address: spec.privateIp };
}

function replaceEntries<T>(map: Map<string, T>, values: readonly T[], id: (value: T) => string): void {
  map.clear();
  for (const value of values) map.set(id(value), value);
}
