import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/base/command.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { InterfaceSpec, RuleSpec, SecurityGroupSpec } from "../../src/network/backend.ts";
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

/** The nth interface of subnet 172.31.16.0/20. */
export function networkInterface(n: number, groups: SecurityGroupSpec[], publicIp?: string): InterfaceSpec {
  const privateIp = `172.31.${16 + (n >> 8)}.${n & 255}`;
  return {
    interfaceId: `eni-0${n.toString(16).padStart(16, "0")}`,
    subnetCidr: "172.31.16.0/20",
    privateIp,
    macAddress: `0a:00:00:00:${(n >> 8).toString(16).padStart(2, "0")}:${(n & 255).toString(16).padStart(2, "0")}`,
    publicIp,
    securityGroups: groups.map((each) => each.groupId),
    privateDnsName: `ip-${privateIp.replaceAll(".", "-")}.ec2.internal`,
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

/** Ends all servers that were started. */
export function stopServers(): void {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
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
