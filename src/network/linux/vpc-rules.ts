import { isDeepStrictEqual } from "node:util";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import type { FlowSample, InterfaceSpec, SecurityGroupSpec, VpcTopology } from "../backend.ts";
import { addressAt, cidr } from "../ipv4.ts";
import { FAMILIES } from "./address.ts";
import { readFlows } from "./flows.ts";
import { referencedGroups } from "./groups.ts";
import { portName } from "./names.ts";
import { listAddresses, listTable, nftTransaction, type Command } from "./nft.ts";
import { peerSet } from "./rule.ts";
import {
  attachCommands,
  detachCommands,
  groupCommands,
  peerMemberCommands,
  replaceTable,
  VPC_TABLE,
  type VpcContents,
} from "./vpc-table.ts";

export interface VpcRulesOptions {
  vpcId: string;
  /** The path of the router's namespace. */
  router: string;
  /** Where transactions lie meanwhile. */
  folder: string;
  taskPorts(): readonly number[];
  log: Logger;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html */
const LINK_LOCAL_RESOLVER = "169.254.169.253";

/** Where a VPC's resolver answers, if it does. */
export function resolverAddresses({ cidrBlocks }: VpcTopology): string[] {
  return [addressAt(cidr(cidrBlocks[0]!), 2), LINK_LOCAL_RESOLVER];
}

/** The rules of a VPC, and what they were told last: groups, interfaces and members of peers' groups. */
export class VpcRules {
  private readonly options: VpcRulesOptions;
  /** One transaction at a time, each seeing what the one before it left. */
  private readonly queue = new KeyedQueue();
  private readonly groups = new Map<string, SecurityGroupSpec>();
  private readonly known = new Map<string, InterfaceSpec>();
  private peers: VpcContents["peerMembers"] = new Map();
  private topology: VpcTopology | undefined;

  constructor(options: VpcRulesOptions) {
    this.options = options;
  }

  /** The interfaces that are let in, by id. */
  get interfaces(): ReadonlyMap<string, InterfaceSpec> {
    return this.known;
  }

  /** Another interface that has the public address: it is about to be told that it has it no more. */
  ownerOf(publicIp: string | undefined, butId: string): InterfaceSpec | undefined {
    if (publicIp === undefined) return undefined;
    return [...this.known.values()].find((spec) => spec.publicIp === publicIp && spec.interfaceId !== butId);
  }

  /** Whether the group is the VPC's. */
  hasGroup(groupId: string): boolean {
    return this.groups.has(groupId);
  }

  /** The groups that rules name and that are not the VPC's. */
  foreignGroups(): string[] {
    const named = new Set([...this.groups.values()].flatMap(referencedGroups));
    return [...named].filter((id) => !this.groups.has(id));
  }

  /** The addresses that these have, by the groups' ids. */
  get peerMembers(): VpcContents["peerMembers"] {
    return this.peers;
  }

  /** The addresses of a group's members, of both families. */
  members(groupId: string): string[] {
    return [...this.known.values()].filter((spec) => spec.securityGroups.includes(groupId)).flatMap(addressesOf);
  }

  /** Replaces all rules, without a gap; groups and interfaces as well when they are told. */
  async replace(
    topology: VpcTopology,
    told?: { securityGroups: readonly SecurityGroupSpec[]; interfaces: readonly InterfaceSpec[] },
  ): Promise<void> {
    if (told) {
      replaceEntries(this.groups, told.securityGroups, (group) => group.groupId);
      replaceEntries(this.known, told.interfaces, (each) => each.interfaceId);
    }
    await this.queue.run("", async () => {
      if (!this.topology) this.peers = await this.presentPeerMembers(topology);
      this.topology = topology;
      await this.replaceTable(topology);
    });
  }

  /** Lets an interface in that is new, there already, or there with other groups or another public address. */
  async letIn(spec: InterfaceSpec): Promise<void> {
    await this.change(() => {
      const loser = this.ownerOf(spec.publicIp, spec.interfaceId);
      return [...(loser ? this.enter(withoutPublicIp(loser)) : []), ...this.enter(spec)];
    });
  }

  async shutOut(spec: InterfaceSpec): Promise<void> {
    await this.change(() => {
      this.known.delete(spec.interfaceId);
      return detachCommands(spec, [...this.known.values()]);
    });
  }

  async setGroups(groups: readonly SecurityGroupSpec[]): Promise<void> {
    await this.change(() => {
      for (const group of groups) this.groups.set(group.groupId, group);
      return groupCommands(groups);
    });
  }

  async setPeerMembers(members: VpcContents["peerMembers"]): Promise<void> {
    if (isDeepStrictEqual(members, this.peers)) return;
    await this.change(() => {
      const before = this.peers;
      this.peers = members;
      return [...new Set([...before.keys(), ...members.keys()])].flatMap((groupId) => {
        const [old, now] = [before.get(groupId) ?? [], members.get(groupId) ?? []];
        return [
          ...peerMemberCommands(groupId, without(now, old), "add"),
          ...peerMemberCommands(groupId, without(old, now), "delete"),
        ];
      });
    });
  }

  /** What flowed since the last time. */
  async readFlows(): Promise<FlowSample[]> {
    const ids = new Map([...this.known.keys()].map((id) => [portName(id), id]));
    const { router, folder } = this.options;
    return await this.queue.run("", () => readFlows(router, folder, (port) => ids.get(port)));
  }

  private enter(spec: InterfaceSpec): Command[] {
    const before = this.known.get(spec.interfaceId);
    this.known.delete(spec.interfaceId);
    const changed = before && !isDeepStrictEqual(before, spec);
    const commands = [
      ...(changed ? detachCommands(before, [...this.known.values()]) : []),
      ...attachCommands(spec, this.contents),
    ];
    this.known.set(spec.interfaceId, spec);
    return commands;
  }

  private get contents(): VpcContents {
    return { groups: this.groups, interfaces: this.known, peerMembers: this.peers };
  }

  /** What an earlier engine told of members in peers: it holds until the peers are told of as well. */
  private async presentPeerMembers({ peerings }: VpcTopology): Promise<VpcContents["peerMembers"]> {
    const { router } = this.options;
    const groups = peerings.length ? this.foreignGroups() : [];
    if (!groups.length) return new Map();
    const { sets } = await listTable("inet", VPC_TABLE, router);
    const present = groups.map(async (id): Promise<[string, string[]]> => {
      const names = FAMILIES.map((family) => peerSet(id, family)).filter((name) => sets.includes(name));
      return [id, (await Promise.all(names.map((name) => listAddresses(VPC_TABLE, name, router)))).flat()];
    });
    return new Map((await Promise.all(present)).filter(([, addresses]) => addresses.length));
  }

  /** Applies a change of the rules; should it not fit what the kernel has, all of them anew. */
  private change(commands: () => Command[]): Promise<void> {
    return this.queue.run("", async () => {
      try {
        await this.transact(commands());
      } catch (err) {
        if (!this.topology) throw err;
        this.options.log.warn({ err, vpcId: this.options.vpcId }, "rules did not fit, replacing all");
        await this.replaceTable(this.topology);
      }
    });
  }

  private async replaceTable(topology: VpcTopology): Promise<void> {
    const present = await listTable("inet", VPC_TABLE, this.options.router);
    const settings = {
      resolverAddresses: topology.dnsSupport ? resolverAddresses(topology) : [],
      taskPorts: this.options.taskPorts(),
      topology,
    };
    await this.transact(replaceTable(settings, this.contents, present));
  }

  private transact(commands: readonly Command[]): Promise<void> {
    return nftTransaction(this.options.folder, commands, this.options.router);
  }
}

/** The addresses that an interface has inside the VPC. */
export function addressesOf({ privateIp, ipv6Address }: InterfaceSpec): string[] {
  return ipv6Address === undefined ? [privateIp] : [privateIp, ipv6Address];
}

function withoutPublicIp(spec: InterfaceSpec): InterfaceSpec {
  const { publicIp: _publicIp, ...rest } = spec;
  return rest;
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((each) => !some.includes(each));
}

function replaceEntries<T>(map: Map<string, T>, values: readonly T[], id: (value: T) => string): void {
  map.clear();
  for (const value of values) map.set(id(value), value);
}
