import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { run } from "../../src/base/command.ts";
import { silentLogger } from "../../src/base/log.ts";
import type {
  InterfaceSpec,
  NetworkAclSpec,
  RouteSpec,
  RuleSpec,
  SecurityGroupSpec,
  SubnetSpec,
  VpcSpec,
} from "../../src/network/backend.ts";
import { LinuxNetwork, type LinuxNetworkOptions } from "../../src/network/linux/backend.ts";

const PROBE = join(import.meta.dirname, "network-probe.mjs");
const running = new Set<ChildProcess>();

/** A backend with folders and marks of its own. */
export class TestNetwork {
  readonly instance = randomBytes(3).toString("hex");
  readonly folder = mkdtempSync(join(tmpdir(), "ng-net-"));
  backend: LinuxNetwork;
  private readonly options: LinuxNetworkOptions;

  constructor(options: Partial<LinuxNetworkOptions> = {}) {
    this.options = {
      instance: this.instance,
      dataFolder: join(this.folder, "data"),
      runFolder: join(this.folder, "run"),
      publicPool: undefined,
      dnsUpstreams: [],
      log: silentLogger,
      ...options,
    };
    this.backend = new LinuxNetwork(this.options);
  }

  /** What a restarted control plane has: nothing but the folders and the host. */
  async restart(): Promise<void> {
    await this.backend.stop();
    this.backend = new LinuxNetwork(this.options);
    await this.backend.start();
  }

  async remove(): Promise<void> {
    await this.backend.removeAll();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Everything on the host that bears this engine's mark. */
  async traces(): Promise<string[]> {
    const metric = String(0x4e000000 + Number.parseInt(this.instance, 16));
    const outputs = await Promise.all([
      run("ip", ["netns", "list"]),
      run("ip", ["-o", "link"]),
      run("ip", ["route", "show", "table", "all"]),
      run("ip", ["neighbour", "show", "proxy"]),
      run("nft", ["list", "tables"]),
    ]);
    const lines = [...outputs.flatMap(({ stdout }) => stdout.split("\n")), ...commandLines()];
    return lines.filter((line) => [this.instance, metric, this.folder].some((mark) => line.includes(mark)));
  }
}

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    });
}

export const VPC = "vpc-0123456789abcdef0";
export const SUBNET = "subnet-00000000000000001";
export const ROUTE_TABLE = "rtb-00000000000000001";
export const ANYWHERE = { cidr: "0.0.0.0/0" };
export const ALL: RuleSpec = { protocol: "-1", peer: ANYWHERE };

export function tcp(port: number, peer: RuleSpec["peer"] = ANYWHERE): RuleSpec {
  return { protocol: "tcp", fromPort: port, toPort: port, peer };
}

export function udp(port: number, peer: RuleSpec["peer"] = ANYWHERE): RuleSpec {
  return { protocol: "udp", fromPort: port, toPort: port, peer };
}

/** A group that lets everything out, with an id made of `n`. */
export function group(n: number, ...ingress: RuleSpec[]): SecurityGroupSpec {
  return { groupId: `sg-0${n.toString(16).padStart(16, "0")}`, ingress, egress: [ALL] };
}

/** An ACL that lets everything through. */
export const OPEN_ACL: NetworkAclSpec = {
  networkAclId: "acl-00000000000000001",
  ...Object.fromEntries(
    ["ingress", "egress"].map((direction) => [
      direction,
      ["0.0.0.0/0", "::/0"].map((cidr, i) => ({ ruleNumber: 100 + i, allow: true, protocol: "-1", cidr })),
    ]),
  ),
} as NetworkAclSpec;

export const TO_INTERNET: RouteSpec[] = ["0.0.0.0/0", "::/0"].map((destination) => ({
  destination,
  target: { kind: "internet" },
}));

/** A subnet with the route table of all others, unless told. */
export function subnet(subnetId: string, cidrBlock: string, more: Partial<SubnetSpec> = {}): SubnetSpec {
  return { subnetId, cidrBlock, routeTableId: ROUTE_TABLE, networkAclId: OPEN_ACL.networkAclId, ...more };
}

/** A VPC as AWS's default one: 172.31.0.0/16 with a subnet 172.31.16.0/20 that has a route to the internet. */
export function vpcSpec(more: Partial<VpcSpec> = {}): VpcSpec {
  return {
    vpcId: VPC,
    cidrBlocks: ["172.31.0.0/16"],
    ipv6CidrBlocks: [],
    dnsSupport: true,
    subnets: [subnet(SUBNET, "172.31.16.0/20")],
    routeTables: [{ routeTableId: ROUTE_TABLE, routes: TO_INTERNET }],
    networkAcls: [OPEN_ACL],
    prefixLists: [],
    peerings: [],
    captureFlows: false,
    securityGroups: [],
    interfaces: [],
    zones: [],
    ...more,
  };
}

/** The nth interface of subnet 172.31.16.0/20. */
export function networkInterface(n: number, groups: SecurityGroupSpec[], publicIp?: string): InterfaceSpec {
  const privateIp = `172.31.${16 + (n >> 8)}.${n & 255}`;
  return {
    interfaceId: `eni-0${n.toString(16).padStart(16, "0")}`,
    subnetId: SUBNET,
    subnetCidr: "172.31.16.0/20",
    privateIp,
    macAddress: `0a:00:00:00:${(n >> 8).toString(16).padStart(2, "0")}:${(n & 255).toString(16).padStart(2, "0")}`,
    ...(publicIp === undefined ? {} : { publicIp }),
    securityGroups: groups.map((each) => each.groupId),
    privateDnsName: `ip-${privateIp.replaceAll(".", "-")}.ec2.internal`,
    role: "task",
  };
}

/** Runs a program in a namespace, or in the host's, and returns what it prints. */
export async function inside(namespace: string | undefined, ...command: string[]): Promise<string> {
  const [program = "", ...args] = namespace === undefined ? command : ["nsenter", `--net=${namespace}`, ...command];
  return (await run(program, args)).stdout.trim();
}

/** What a probe's client prints: see network-probe.mjs. */
export function probe(namespace: string | undefined, ...args: string[]): Promise<string> {
  return inside(namespace, process.execPath, PROBE, ...args);
}

/** Starts a probe's server and waits until it listens. */
export async function serve(namespace: string | undefined, ...args: string[]): Promise<ChildProcess> {
  const command = namespace === undefined ? [] : ["nsenter", `--net=${namespace}`];
  const [program = "", ...rest] = [...command, process.execPath, PROBE, ...args];
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "inherit"] });
  running.add(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout!.once("data", () => resolve());
    child.once("exit", () => reject(new Error(`${args.join(" ")} ended`)));
  });
  return child;
}

/** Numbered lines that go to a server and back. */
export interface Stream {
  /** Sends no more, and answers `whole` when all came back, else what went wrong. */
  end(): Promise<string>;
}

/** Opens a connection that stands, over which lines go until its end. @throws Error when the server is not reached */
export async function openStream(namespace: string | undefined, host: string, port: string): Promise<Stream> {
  const command = namespace === undefined ? [] : ["nsenter", `--net=${namespace}`];
  const [program = "", ...rest] = [...command, process.execPath, PROBE, "stream", host, port];
  const child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
  running.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  const first = await next();
  if (first !== "connected") throw new Error(`no connection to ${host} port ${port}: ${first}`);
  return {
    end: () => {
      child.stdin.end();
      return next();
    },
  };
}

/** Ends all servers and streams that were started. */
export function stopServers(): void {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
}

/** A network beside the host: a namespace with a link to it, that knows no way to anything but the host's end. */
export class Outside {
  readonly path: string;
  /** The host's interface. */
  readonly device: string;
  private readonly name: string;

  /** @param mark four hexadecimal digits or so, that no other has */
  constructor(mark: string) {
    this.name = `ng-test-${mark}`;
    this.path = `/run/netns/${this.name}`;
    this.device = `nt${mark}`;
  }

  /** @param hostAddress and @param address with the length of their network's prefix */
  async connect(hostAddress: string, address: string): Promise<void> {
    await run("ip", ["netns", "add", this.name]);
    await run("ip", ["link", "add", this.device, "type", "veth", "peer", "name", "eth0", "netns", this.name]);
    await run("ip", ["address", "add", hostAddress, "dev", this.device]);
    await run("ip", ["link", "set", this.device, "up"]);
    await inside(this.path, "ip", "address", "add", address, "dev", "eth0");
    await inside(this.path, "ip", "link", "set", "eth0", "up");
  }

  async remove(): Promise<void> {
    await run("ip", ["link", "delete", this.device]).catch(() => {});
    await run("ip", ["netns", "delete", this.name]).catch(() => {});
  }
}

/** Whether one ping is answered. */
export function pings(namespace: string | undefined, address: string): Promise<boolean> {
  return inside(namespace, "busybox", "ping", "-c", "1", "-W", "1", address).then(
    () => true,
    () => false,
  );
}

/** The middle of several durations of `work`, in milliseconds, one decimal. */
export async function medianMs(times: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const durations: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work(i);
    durations.push(performance.now() - start);
  }
  return Math.round(durations.toSorted((a, b) => a - b)[times >> 1]! * 10) / 10;
}

/** A VPC with all there can be in it, peered with another; public addresses are of 203.0.113.0/24. */
export function peeredPair(ipv6Pool: string) {
  const everything = group(1, ALL, { protocol: "-1", peer: { cidr: "::/0" } });
  everything.egress.push({ protocol: "-1", peer: { cidr: "::/0" } });
  const [firstId, secondId] = [VPC, "vpc-0123456789abcdef1"];
  const peeringId = "pcx-0123456789abcdef0";
  const behindNat = { subnetId: "subnet-00000000000000002", subnetCidr: "172.31.32.0/20" };
  const ipv6Block = ipv6Pool.replace(/00::\/40$/, "01::/56");
  const ipv6Address = (n: number) => ipv6Block.replace("::/56", `::${n}`);
  const web: InterfaceSpec = { ...networkInterface(5, [everything], "203.0.113.5"), ipv6Address: ipv6Address(5) };
  const inner: InterfaceSpec = {
    ...networkInterface(6, [everything]),
    ...behindNat,
    privateIp: "172.31.32.6",
    ipv6Address: ipv6Address(6),
  };
  const gateway: InterfaceSpec = { ...networkInterface(7, [], "203.0.113.7"), role: "nat" };
  const remote = { ...networkInterface(8, [everything]), subnetCidr: "10.9.0.0/24", privateIp: "10.9.0.8" };
  const toPeer = (destination: string): RouteSpec => ({ destination, target: { kind: "peering", peeringId } });
  const first = vpcSpec({
    ipv6CidrBlocks: [ipv6Block],
    securityGroups: [everything],
    subnets: [
      subnet(SUBNET, "172.31.16.0/20", { ipv6CidrBlock: ipv6Block.replace("/56", "/64") }),
      subnet(behindNat.subnetId, behindNat.subnetCidr, { routeTableId: "rtb-00000000000000002" }),
    ],
    routeTables: [
      { routeTableId: ROUTE_TABLE, routes: [...TO_INTERNET, toPeer("10.9.0.0/16")] },
      {
        routeTableId: "rtb-00000000000000002",
        routes: [{ destination: "0.0.0.0/0", target: { kind: "interface", interfaceId: gateway.interfaceId } }],
      },
    ],
    peerings: [{ peeringId, peerVpcId: secondId, peerCidrBlocks: ["10.9.0.0/16"] }],
  });
  const second = vpcSpec({
    vpcId: secondId,
    cidrBlocks: ["10.9.0.0/16"],
    securityGroups: [everything],
    subnets: [subnet(SUBNET, "10.9.0.0/24")],
    routeTables: [{ routeTableId: ROUTE_TABLE, routes: [toPeer("172.31.0.0/16")] }],
    peerings: [{ peeringId, peerVpcId: firstId, peerCidrBlocks: ["172.31.0.0/16", ipv6Block] }],
  });
  return { specs: [first, second] as const, interfaces: [web, inner, gateway] as const, remote };
}
