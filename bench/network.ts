/**
 * What a VPC costs: the time to make an interface and to change a group's rules, with few and many interfaces; and TCP
 * between two tasks beside two containers on a Docker bridge, turn by turn in one run.
 *
 *     node bench/network.ts [interfaces…]     (10 100 1000 unless told)
 */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { silentLogger } from "../src/base/log.ts";
import type { InterfaceSpec, RuleSpec, SecurityGroupSpec } from "../src/network/backend.ts";
import { LinuxNetwork } from "../src/network/linux/backend.ts";
import { busyboxRoot } from "../test/support/images.ts";
import { Docker } from "./docker.ts";
import { percentiles, table } from "./report.ts";

const exec = promisify(execFile);
const SIZES = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10, 100, 1000];
const ROUNDS = 20;
const TCP_ROUNDS = 3;
const TCP_SECONDS = 3;
const VPC = "vpc-0be7c4000000000f0";
const SUBNET = { subnetId: "subnet-0be7c4000000000f0", cidrBlock: "10.123.0.0/16" };
const GROUP = "sg-0be7c4000000000f0";
const ANYWHERE = { cidr: "0.0.0.0/0" };

const folder = mkdtempSync(join(tmpdir(), "neargate-bench-network-"));
const network = new LinuxNetwork({
  instance: randomBytes(3).toString("hex"),
  dataFolder: join(folder, "data"),
  runFolder: join(folder, "run"),
  publicPool: undefined,
  dnsUpstreams: [],
  log: silentLogger,
});

function interfaceSpec(n: number): InterfaceSpec {
  const address = [10, 123, 1 + Math.floor(n / 250), 1 + (n % 250)];
  const id = n.toString(16).padStart(16, "0");
  return {
    interfaceId: `eni-0${id}`,
    subnetId: SUBNET.subnetId,
    subnetCidr: SUBNET.cidrBlock,
    privateIp: address.join("."),
    macAddress: `0a:00:00:00:${(n >> 8).toString(16).padStart(2, "0")}:${(n & 255).toString(16).padStart(2, "0")}`,
    securityGroups: [GROUP],
    privateDnsName: `ip-${address.join("-")}.ec2.internal`,
    role: "task",
  };
}

/** A group that lets all in, with so many rules beside that which match nothing here. */
function group(rules: number): SecurityGroupSpec {
  const others = Array.from({ length: rules }, (_, i): RuleSpec => ({
    protocol: "tcp",
    fromPort: i + 1,
    toPort: i + 1,
    peer: { cidr: `192.0.2.${i % 250}/32` },
  }));
  const all: RuleSpec = { protocol: "-1", peer: ANYWHERE };
  return { groupId: GROUP, ingress: [...others, all], egress: [all] };
}

async function applyVpc(interfaces: InterfaceSpec[]): Promise<void> {
  await network.applyVpc({
    vpcId: VPC,
    cidrBlocks: [SUBNET.cidrBlock],
    ipv6CidrBlocks: [],
    dnsSupport: true,
    subnets: [{ ...SUBNET, routeTableId: "rtb-0be7c4000000000f0", networkAclId: "acl-0be7c4000000000f0" }],
    routeTables: [{ routeTableId: "rtb-0be7c4000000000f0", routes: [] }],
    networkAcls: [
      {
        networkAclId: "acl-0be7c4000000000f0",
        ingress: [{ ruleNumber: 100, allow: true, protocol: "-1", ...ANYWHERE }],
        egress: [{ ruleNumber: 100, allow: true, protocol: "-1", ...ANYWHERE }],
      },
    ],
    prefixLists: [],
    peerings: [],
    captureFlows: false,
    securityGroups: [group(0)],
    interfaces,
    zones: [],
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function atSize(size: number): Promise<string[][]> {
  await applyVpc(Array.from({ length: size }, (_, n) => interfaceSpec(n)));
  const attach: number[] = [];
  const change: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const spec = interfaceSpec(size + round);
    attach.push(await timed(() => network.attach(VPC, spec)));
    await network.detach(VPC, spec.interfaceId);
    change.push(await timed(() => network.applyGroups(VPC, [group(round % 2 ? 60 : 1)])));
    process.stderr.write(`\r${size} interfaces: ${round + 1}/${ROUNDS} `);
  }
  return [
    [`make an interface, ${size} there`, ...percentiles(attach).cells],
    [`change a group of ${size} interfaces`, ...percentiles(change).cells],
  ];
}

/** Two places that can dial each other, as what to put before a command. */
interface Pair {
  server: string[];
  client: string[];
  address: string;
}

async function gigabitsPerSecond({ server, client, address }: Pair): Promise<number> {
  const listening = spawn(server[0]!, [...server.slice(1), "iperf3", "-s", "-1"], { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { stdout } = await exec(client[0]!, [
    ...client.slice(1),
    "iperf3",
    "-J",
    "-c",
    address,
    "-t",
    String(TCP_SECONDS),
  ]);
  listening.kill("SIGKILL");
  const result = JSON.parse(stdout) as { end: { sum_received: { bits_per_second: number } } };
  return result.end.sum_received.bits_per_second / 1e9;
}

async function connectionsPerSecond({ server, client, address }: Pair): Promise<number> {
  const dial = [process.execPath, join(import.meta.dirname, "dial.mjs")];
  const listening = spawn(server[0]!, [...server.slice(1), ...dial, "serve", "7000"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => listening.stdout.once("data", resolve));
  const args = [...client.slice(1), ...dial, "dial", address, "7000", String(TCP_SECONDS)];
  const { stdout } = await exec(client[0]!, args);
  listening.kill("SIGKILL");
  return Number(stdout);
}

async function ourPair(): Promise<Pair> {
  const specs = [interfaceSpec(0), interfaceSpec(1)];
  await applyVpc(specs);
  const [server = "", client = ""] = await Promise.all(
    specs.map(async (spec) => `--net=${(await network.attach(VPC, spec)).networkNamespace}`),
  );
  return { server: ["nsenter", server], client: ["nsenter", client], address: specs[0]!.privateIp };
}

async function dockerPair(docker: Docker): Promise<Pair> {
  const start = async () => (await docker.run("run", "-d", "--network", "bench", "bench:latest")).stdout.trim();
  const inspect = async (id: string, format: string) => (await docker.run("inspect", "-f", format, id)).stdout.trim();
  const [server = "", client = ""] = [await start(), await start()];
  const enter = async (id: string) => ["nsenter", `--net=/proc/${await inspect(id, "{{.State.Pid}}")}/ns/net`];
  return {
    server: await enter(server),
    client: await enter(client),
    address: await inspect(server, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"),
  };
}

const docker = new Docker();
const root = busyboxRoot();
try {
  await network.start();
  const rows = [["", "p50 ms", "p90 ms", "max ms"]];
  for (const size of SIZES) rows.push(...(await atSize(size)));
  console.log(`\n${table(rows)}\n`);

  await docker.start(root);
  const ours = await ourPair();
  const theirs = await dockerPair(docker);
  const samples = { gbit: [[], []] as number[][], rate: [[], []] as number[][] };
  for (let round = 0; round < TCP_ROUNDS; round++)
    for (const [i, pair] of [ours, theirs].entries()) {
      samples.gbit[i]!.push(await gigabitsPerSecond(pair));
      samples.rate[i]!.push(await connectionsPerSecond(pair));
    }
  const median = (values: number[] | undefined) => percentiles(values ?? []).p50;
  const line = (name: string, of: number[][], digits: number) => {
    const [our, their] = [median(of[0]), median(of[1])];
    return [name, our.toFixed(digits), their.toFixed(digits), (our / their).toFixed(2)];
  };
  console.log(
    table([
      ["", "two tasks", "two containers, Docker bridge", "ratio"],
      line("TCP, Gbit/s", samples.gbit, 1),
      line("TCP connections a second", samples.rate, 0),
    ]),
  );
} finally {
  await docker.stop();
  await network.removeAll();
  rmSync(root, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}
