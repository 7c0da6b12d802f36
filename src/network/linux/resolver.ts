import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { daemonPid, ensureDaemon, stopDaemon } from "../../base/daemon.ts";
import { writeFileAtomic } from "../../base/files.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import { retry } from "../../base/retry.ts";
import { namespacePath } from "./names.ts";
import { processesIn } from "./interface.ts";
import { unboundControl, unboundControlList } from "./unbound-control.ts";

/** What a VPC's resolver knows of an interface. */
export interface NameRecord {
  /** `ip-10-0-0-5.ec2.internal`, without the final dot. */
  name: string;
  address: string;
}

export interface ResolverOptions {
  /** The name of the namespace that it answers in. */
  namespace: string;
  /** For its configuration, control socket and log. */
  folder: string;
  addresses: readonly string[];
  /** The name servers it forwards to; asked each time, since the host's may change. */
  upstreams(): readonly string[];
  log: Logger;
}

/** As on AWS. */
const TTL_SECONDS = 60;
/** How often it is looked whether unbound runs: one that an earlier engine started is not our child, so nothing tells. */
const WATCH_MS = 1000;

/**
 * The VPC's resolver: an unbound of its own that goes on when the control plane ends. It answers the VPC's private names
 * itself, and forwards what else it is asked. From {@link Resolver.ensure} on, it is started again when it dies.
 */
export class Resolver {
  private readonly options: ResolverOptions;
  private readonly configFile: string;
  private readonly pidFile: string;
  private readonly socket: string;
  /** What it must know, by name. */
  private readonly records = new Map<string, NameRecord>();
  /** One change at a time: a start must not meet another. */
  private readonly queue = new KeyedQueue();
  private watch: NodeJS.Timeout | undefined;
  private isReviving = false;

  constructor(options: ResolverOptions) {
    this.options = options;
    this.configFile = join(options.folder, "unbound.conf");
    this.pidFile = join(options.folder, "unbound.pid");
    this.socket = join(options.folder, "unbound.ctl");
  }

  /** Starts it unless it runs, and makes it know these names and no others. */
  async ensure(records: readonly NameRecord[]): Promise<void> {
    this.records.clear();
    for (const record of records) this.records.set(record.name, record);
    await this.queue.run("", () => this.synchronize());
    this.watch ??= setInterval(() => void this.reviveIfDead(), WATCH_MS).unref();
  }

  /** Makes it know one more name; starts it, with all names, when it does not run or does not answer. */
  async add(record: NameRecord): Promise<void> {
    this.records.set(record.name, record);
    await this.queue.run("", async () => {
      if (!this.runsAsConfigured()) return await this.synchronize();
      await this.learn(resourceRecords(record)).catch(() => this.synchronize());
    });
  }

  /** Makes it forget a name; starts it anew when it does not answer. Nothing happens when it does not run. */
  async remove(record: NameRecord): Promise<void> {
    this.records.delete(record.name);
    await this.queue.run("", async () => {
      if (daemonPid(this.pidFile) === undefined) return;
      await this.forget(resourceRecords(record).map(ownerName)).catch(() => this.synchronize());
    });
  }

  /** Stops looking after it, once what goes on is done; it runs on. */
  async letGo(): Promise<void> {
    clearInterval(this.watch);
    this.watch = undefined;
    await this.queue.run("", async () => {});
  }

  /** Ends it, and removes its files. */
  async stop(): Promise<void> {
    await this.letGo();
    await this.queue.run("", async () => {
      await stopDaemon(this.pidFile);
      rmSync(this.options.folder, { recursive: true, force: true });
    });
  }

  private async reviveIfDead(): Promise<void> {
    if (this.isReviving || daemonPid(this.pidFile) !== undefined) return;
    const { log, namespace } = this.options;
    this.isReviving = true;
    await this.queue
      .run("", async () => {
        if (!this.watch || daemonPid(this.pidFile) !== undefined) return; // let go, or started meanwhile
        log.warn({ namespace }, "a VPC's resolver ended, starting it again");
        await this.synchronize();
      })
      .catch((err: unknown) => log.error({ err, namespace }, "could not start a VPC's resolver, trying again"));
    this.isReviving = false;
  }

  private async synchronize(): Promise<void> {
    const started = await this.ensureRunning();
    const wanted = [...this.records.values()].flatMap(resourceRecords);
    if (!started) {
      const lines = new Set(wanted.map(normalized));
      const stale = (await this.privateRecords()).filter((line) => !lines.has(normalized(line)));
      await this.forget(stale.map(ownerName));
    }
    await this.learn(wanted);
  }

  private runsAsConfigured(): boolean {
    return daemonPid(this.pidFile) !== undefined && readIfThere(this.configFile) === this.config();
  }

  /** Returns whether it was started now, and so knows nothing yet. */
  private async ensureRunning(): Promise<boolean> {
    if (this.runsAsConfigured() && (await this.answers())) return false;
    await stopDaemon(this.pidFile, 500);
    await this.endStray();
    mkdirSync(this.options.folder, { recursive: true, mode: 0o700 });
    rmSync(this.socket, { force: true });
    writeFileAtomic(this.configFile, this.config());
    await ensureDaemon({
      // Not `ip netns exec`: its own mount namespace would keep every container's file system busy.
      program: "nsenter",
      args: [`--net=${namespacePath(this.options.namespace)}`, "unbound", "-d", "-c", this.configFile],
      pidFile: this.pidFile,
      logFile: join(this.options.folder, "unbound.log"),
    });
    const log = () => readIfThere(join(this.options.folder, "unbound.log"))?.trim().split("\n").at(-1) ?? "";
    await retry(systemClock, { attempts: 200, firstDelayMs: 10, maxDelayMs: 25 }, () =>
      unboundControl(this.socket, "status"),
    ).catch((cause: unknown) => {
      throw new Error(`the resolver of ${this.options.namespace} did not start: ${log()}`, { cause });
    });
    return true;
  }

  private async answers(): Promise<boolean> {
    return await unboundControl(this.socket, "status").then(
      () => true,
      () => false,
    );
  }

  /** Ends an unbound whose pid file was never written, or is lost. */
  private async endStray(): Promise<void> {
    for (const pid of await processesIn(this.options.namespace))
      if (readIfThere(`/proc/${pid}/cmdline`)?.includes(this.configFile)) process.kill(pid, "SIGKILL");
  }

  private async learn(lines: readonly string[]): Promise<void> {
    await unboundControlList(this.socket, "local_datas", lines);
  }

  private async forget(names: readonly string[]): Promise<void> {
    await unboundControlList(this.socket, "local_datas_remove", names);
  }

  /** The records it was taught, apart from those it was born with. */
  private async privateRecords(): Promise<string[]> {
    const lines = (await unboundControl(this.socket, "list_local_data")).split("\n");
    return lines.filter((line) =>
      /\sIN\s+A\s/.test(line) ? /internal\.\s/.test(line) : /\sPTR\s+\S+\.internal\./.test(line),
    );
  }

  private config(): string {
    const upstreams = this.options.upstreams();
    return [
      "server:",
      ...this.options.addresses.map((address) => `  interface: ${address}`),
      "  ip-freebind: yes",
      "  do-ip6: no",
      "  access-control: 0.0.0.0/0 allow", // the VPC's rules let only its own interfaces come near
      `  username: "${unprivilegedUser()}"`, // once it has bound its ports and made its control socket
      '  chroot: ""',
      '  pidfile: ""',
      `  directory: "${this.options.folder}"`,
      "  use-syslog: no",
      "  num-threads: 1",
      "  so-rcvbuf: 0",
      "  msg-cache-size: 4m",
      "  rrset-cache-size: 8m",
      '  module-config: "iterator"',
      '  local-zone: "ec2.internal." static',
      '  local-zone: "compute.internal." static',
      // Names that unbound would not forward by itself, but a host's own name server may know.
      '  local-zone: "test." nodefault',
      '  local-zone: "home.arpa." nodefault',
      // Without a server to forward to, unbound would ask the internet's root servers.
      ...(upstreams.length ? [] : ['  local-zone: "." refuse']),
      "remote-control:",
      "  control-enable: yes",
      `  control-interface: "${this.socket}"`,
      "  control-use-cert: no",
      ...(upstreams.length
        ? ["forward-zone:", '  name: "."', ...upstreams.map((server) => `  forward-addr: ${server}`)]
        : []),
      "",
    ].join("\n");
  }
}

/** The user that Debian's package makes, or else the one that every system has. */
function unprivilegedUser(): string {
  return /^unbound:/m.test(readIfThere("/etc/passwd") ?? "") ? "unbound" : "nobody";
}

function resourceRecords({ name, address }: NameRecord): string[] {
  const reverse = `${address.split(".").toReversed().join(".")}.in-addr.arpa.`;
  return [`${name}. ${TTL_SECONDS} IN A ${address}`, `${reverse} ${TTL_SECONDS} IN PTR ${name}.`];
}

/** What a record, as a line, is about. */
function ownerName(line: string): string {
  return line.split(/\s/)[0]!;
}

function normalized(line: string): string {
  return line.replaceAll(/\s+/g, " ").trim().toLowerCase();
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
