import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { run } from "../../src/base/command.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { ZoneRecord, ZoneSpec } from "../../src/network/backend.ts";
import { Resolver, type NameRecord } from "../../src/network/linux/resolver.ts";
import type { Question, Reply } from "./network-names-child.ts";

const CHILD = join(import.meta.dirname, "network-names-child.ts");

/** Where the resolver of a test listens, and the name server that it forwards to. */
export const SERVER = "10.7.0.2";
export const SERVER_V6 = "fd00:ec2::253";
export const UPSTREAM = "10.7.255.53";

/** An interface's names. */
export function task(n: number): NameRecord[] {
  const name = `ip-10-7-1-${n}.ec2.internal`;
  return [
    { name, address: `10.7.1.${n}`, reverse: true },
    { name, address: `fd12:3456::${n.toString(16)}`, reverse: true },
  ];
}

export function record(name: string, values: string[], more: Partial<ZoneRecord> = {}): ZoneRecord {
  return { name, type: "A", ttlSeconds: 10, values, routing: "MULTIVALUE", ...more };
}

export const addresses = (count: number, net = "10.7.2") => Array.from({ length: count }, (_, n) => `${net}.${n + 1}`);
export const zone = (name: string, ...records: ZoneRecord[]): ZoneSpec => ({ name, records });
export const weighted = { routing: "WEIGHTED" } as const;

/** A resolver in a namespace of its own, with somebody who asks. */
export class TestNames {
  readonly namespace = `ng-names-${randomBytes(3).toString("hex")}`;
  readonly folder = join(mkdtempSync(join(tmpdir(), "ng-names-")), "vpc");
  upstreams: string[];
  resolver: Resolver;
  private readonly children = new Set<ChildProcess>();
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  private client: ChildProcess | undefined;

  constructor(upstreams: string[] = [UPSTREAM]) {
    this.upstreams = upstreams;
    this.resolver = this.another();
  }

  /** What a restarted control plane has. */
  another(): Resolver {
    return new Resolver({
      namespace: this.namespace,
      folder: this.folder,
      addresses: [SERVER, SERVER_V6],
      upstreams: () => this.upstreams,
      log: silentLogger,
    });
  }

  async start(): Promise<void> {
    await run("ip", ["netns", "add", this.namespace]);
    const commands = [
      "link set lo up",
      ...[SERVER, UPSTREAM, `${SERVER_V6}/128`].map((each) => `addr add ${each} dev lo`),
    ];
    for (const command of commands) await run("ip", ["-n", this.namespace, ...command.split(" ")]);
    this.client = await this.child("ask");
    createInterface(this.client.stdout!).on("line", (line) => {
      const { id, reply } = JSON.parse(line) as { id: number; reply: Reply };
      this.waiting.get(id)?.(reply);
      this.waiting.delete(id);
    });
  }

  /** Starts a name server on {@link UPSTREAM}. */
  serve(): Promise<ChildProcess> {
    return this.child("serve", UPSTREAM);
  }

  ask(name: string, type: Question["type"] = "A", more: Partial<Question> = {}): Promise<Reply> {
    const id = Math.random();
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.client!.stdin!.write(`${JSON.stringify({ id, question: { server: SERVER, name, type, ...more } })}\n`);
    });
  }

  /** The code, or what the answers say, sorted. */
  async values(name: string, type: Question["type"] = "A", more: Partial<Question> = {}): Promise<string> {
    const { code, answers } = await this.ask(name, type, more);
    if (code !== "NOERROR") return code;
    return (
      answers
        .map(({ data }) => data)
        .toSorted()
        .join(" ") || "NODATA"
    );
  }

  pid(name: string): number {
    return Number(readFileSync(join(this.folder, `${name}.pid`), "utf8").split(" ")[0]);
  }

  runs(name: string): boolean {
    return existsSync(join(this.folder, `${name}.pid`)) && existsSync(`/proc/${this.pid(name)}/cwd`);
  }

  /** Resident memory in MiB. */
  resident(name: string): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid(name)}/status`, "utf8"))![1]) / 1024;
  }

  async remove(): Promise<void> {
    await this.resolver.stop();
    for (const child of this.children) child.kill("SIGKILL");
    await run("ip", ["netns", "delete", this.namespace]);
    rmSync(join(this.folder, ".."), { recursive: true, force: true });
  }

  private async child(...args: string[]): Promise<ChildProcess> {
    const command = ["nsenter", `--net=/run/netns/${this.namespace}`, process.execPath, CHILD, ...args];
    const [program = "", ...rest] = command;
    const child = spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] });
    this.children.add(child);
    await new Promise<void>((resolve, reject) => {
      child.stdout!.once("data", () => resolve());
      child.once("exit", () => reject(new Error(`${args.join(" ")} ended`)));
    });
    return child;
  }
}
