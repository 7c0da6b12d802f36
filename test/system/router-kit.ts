import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { run } from "../../src/base/command.ts";
import type { FlowSample, InterfaceSpec, SecurityGroupSpec, VpcTopology } from "../../src/network/backend.ts";
import { readFlows } from "../../src/network/linux/flows.ts";
import { peerLinkName, portName, UPLINK } from "../../src/network/linux/names.ts";
import { expression, listTable, nftTransaction, Table, type Command } from "../../src/network/linux/nft.ts";
import { replaceTable, VPC_TABLE, type VpcContents } from "../../src/network/linux/vpc-table.ts";

const PACKETS = join(import.meta.dirname, "packets.py");
/** The MAC address of every device of the router, and the addresses that the others send by. */
export const ROUTER_MAC = "0e:00:00:00:00:01";
const GATEWAY = "10.0.0.1";
const GATEWAY_IP6 = "fe80::1";

/** Someone with an address of each family, behind a link of the router, who sends and takes packets. */
export class Host {
  readonly ipv4: string;
  readonly ipv6: string;
  readonly path: string;
  private readonly child;
  private readonly answers: AsyncIterator<string>;

  constructor(path: string, ipv4: string, ipv6: string) {
    this.path = path;
    this.ipv4 = ipv4;
    this.ipv6 = ipv6;
    this.child = spawn("nsenter", [`--net=${path}`, "/usr/bin/python3", PACKETS], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  address(family: "IPv4" | "IPv6"): string {
    return family === "IPv4" ? this.ipv4 : this.ipv6;
  }

  /** Has one of the functions of packets.py called. One at a time. */
  async do<T>(name: string, ...args: unknown[]): Promise<T> {
    this.child.stdin.write(`${JSON.stringify([name, ...args])}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`${name} failed`);
    return JSON.parse(value as string) as T;
  }

  /** Whether a datagram to another's port is sent back whole. */
  async asks(to: Host | string, port: number, { size = 1, from = "", sourcePort = 0 } = {}): Promise<boolean> {
    const address = typeof to === "string" ? to : to.ipv4;
    const source = from || (address.includes(":") ? this.ipv6 : this.ipv4);
    return (await this.do<number | null>("udp", source, sourcePort, address, port, size)) === size;
  }

  stop(): void {
    this.child.kill("SIGKILL");
  }
}

/** A VPC's router in a namespace of its own, with a task behind each port, an internet and a peer. Nothing leads out. */
export class TestRouter {
  readonly path: string;
  topology: VpcTopology;
  groups: SecurityGroupSpec[] = [];
  interfaces: InterfaceSpec[] = [];
  peerMembers = new Map<string, readonly string[]>();
  resolverAddresses = ["10.0.0.2", "169.254.169.253"];
  private readonly prefix = `ngr-${randomBytes(3).toString("hex")}`;
  private readonly folder = mkdtempSync(join(tmpdir(), "ng-router-"));
  private readonly namespaces: string[] = [];
  private readonly hosts: Host[] = [];

  constructor(topology: VpcTopology) {
    this.topology = topology;
    this.path = `/run/netns/${this.prefix}`;
  }

  /** Makes the router, which forwards everything until {@link apply}. */
  async make(): Promise<Host> {
    await this.namespace(this.prefix);
    await ip(
      ["link set lo up", ...[GATEWAY, ...this.resolverAddresses].map((address) => `address add ${address}/32 dev lo`)],
      this.path,
    );
    const router = new Host(this.path, GATEWAY, GATEWAY_IP6);
    this.hosts.push(router);
    return router;
  }

  /** An interface of the VPC, with a task in it. It is let in by {@link apply}. */
  async task(spec: InterfaceSpec): Promise<Host> {
    this.interfaces.push(spec);
    const addresses = [spec.privateIp, ...(spec.ipv6Address === undefined ? [] : [spec.ipv6Address])];
    return this.behind(portName(spec.interfaceId), spec.macAddress, addresses, addresses);
  }

  internet(ipv4: string, ipv6: string): Promise<Host> {
    return this.behind(UPLINK, "0e:00:00:00:00:02", [ipv4, ipv6], ["default"]);
  }

  peer(peeringId: string, ipv4: string, ipv6: string): Promise<Host> {
    return this.behind(peerLinkName(peeringId), "0e:00:00:00:00:03", [ipv4, ipv6], [ipv4, ipv6]);
  }

  /** Sends what one interface forwards to no address of the VPC through another, which translates. */
  async translate(from: InterfaceSpec, through: InterfaceSpec): Promise<void> {
    const port = portName(from.interfaceId);
    const gateway = portName(through.interfaceId);
    await ip(
      [
        `rule add iif ${port} lookup main suppress_prefixlength 0 pref 10`,
        `rule add iif ${port} lookup 100 pref 20`,
        `route replace default via ${through.privateIp} dev ${gateway} onlink table 100`,
      ],
      this.path,
    );
    const table = new Table("inet", "nat");
    const differs = expression.differs(expression.payload("ip", "saddr"), through.privateIp);
    await this.transact(
      [
        table.create(),
        table.baseChain("out", { type: "nat", hook: "postrouting", prio: 100, policy: "accept" }),
        ...table.chain("out", [[differs, { masquerade: null }]]),
      ],
      `${this.path}-${gateway}`,
    );
  }

  async command(...args: string[]): Promise<string> {
    const [program = "", ...rest] = ["nsenter", `--net=${this.path}`, ...args];
    return (await run(program, rest)).stdout;
  }

  /** Makes the rules be as the members of this object say. */
  async apply(): Promise<void> {
    const { topology, resolverAddresses, peerMembers } = this;
    const contents: VpcContents = {
      groups: new Map(this.groups.map((group) => [group.groupId, group])),
      interfaces: new Map(this.interfaces.map((spec) => [spec.interfaceId, spec])),
      peerMembers,
    };
    const present = await listTable("inet", VPC_TABLE, this.path);
    await this.transact(replaceTable({ topology, resolverAddresses, taskPorts: [] }, contents, present));
  }

  transact(commands: readonly Command[], path = this.path): Promise<void> {
    return nftTransaction(this.folder, commands, path);
  }

  flows(): Promise<FlowSample[]> {
    const ids = new Map(this.interfaces.map(({ interfaceId }) => [portName(interfaceId), interfaceId]));
    return readFlows(this.path, this.folder, (port) => ids.get(port));
  }

  async remove(): Promise<void> {
    for (const host of this.hosts) host.stop();
    await ip(this.namespaces.map((name) => `netns delete ${name}`));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async behind(device: string, mac: string, addresses: string[], routes: string[]): Promise<Host> {
    const name = `${this.prefix}-${device}`;
    const path = `/run/netns/${name}`;
    await this.namespace(name);
    await ip([
      `link add ${device} address ${ROUTER_MAC} netns ${this.prefix} type veth peer name eth0 address ${mac} netns ${name}`,
    ]);
    await ip(
      [
        "link set lo up",
        "link set eth0 up",
        ...addresses.map((address) => `address add ${address} dev eth0${address.includes(":") ? " nodad" : ""}`),
        ...[GATEWAY, GATEWAY_IP6].flatMap((gateway) => [
          `neighbour add ${gateway} lladdr ${ROUTER_MAC} dev eth0 nud permanent`,
          `${gateway.includes(":") ? "-6 " : ""}route add default via ${gateway} dev eth0 onlink`,
        ]),
      ],
      path,
    );
    const [ipv4 = "", ipv6 = ""] = addresses;
    await ip(
      [
        `link set ${device} up`,
        ...addresses.map((address) => `neighbour add ${address} lladdr ${mac} dev ${device} nud permanent`),
        ...(routes[0] === "default"
          ? [
              `route add default via ${ipv4} dev ${device} onlink`,
              `-6 route add default via ${ipv6} dev ${device} onlink`,
            ]
          : routes.map((route) => `route add ${route} dev ${device}`)),
      ],
      this.path,
    );
    const host = new Host(path, ipv4, ipv6);
    this.hosts.push(host);
    return host;
  }

  private async namespace(name: string): Promise<void> {
    await run("ip", ["netns", "add", name]);
    this.namespaces.push(name);
    await run("nsenter", [
      `--net=/run/netns/${name}`,
      "sysctl",
      "-qw",
      "net.ipv4.ip_forward=1",
      "net.ipv6.conf.all.forwarding=1",
      "net.ipv4.conf.all.rp_filter=0",
      "net.ipv4.conf.default.rp_filter=0",
      "net.ipv4.conf.all.send_redirects=0",
      "net.ipv4.conf.default.send_redirects=0",
    ]);
  }
}

/** Runs each line by itself: in a batch all have one family. */
async function ip(lines: readonly string[], path?: string): Promise<void> {
  const enter = path === undefined ? [] : ["nsenter", `--net=${path}`];
  for (const line of lines) {
    const [program = "", ...args] = [...enter, "ip", ...line.split(" ")];
    await run(program, args);
  }
}
