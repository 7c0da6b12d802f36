import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { daemonPid, ensureDaemon, stopDaemon, writePidFile } from "../base/daemon.ts";
import { writeFileAtomic } from "../base/files.ts";
import { retry } from "../base/retry.ts";
import { isNamespace } from "../network/linux/namespace.ts";
import { haproxyCommands } from "./haproxy-socket.ts";
import { redirectToProxy, removeRedirects } from "./redirects.ts";
import {
  clientBackend,
  haproxyConfig,
  serverArguments,
  serverName,
  shiftBackend,
  shiftVariable,
  tenths,
} from "./proxy-config.ts";
import { proxyMetrics } from "./proxy-metrics.ts";
import type { ProxyEndpoint, ProxyMetrics, ProxyProtocol, ProxySpec } from "./service-connect.ts";

export interface HaproxyProxyOptions {
  /** For its files. */
  folder: string;
  /** An empty folder. */
  jail: string;
  joinTask(taskId: string, pid: number): Promise<void>;
}

/** How long requests under way may take when a proxy is stopped. Milliseconds. */
const STOP_GRACE_MS = 1000;
const LOG_MODE = 0o600;

interface ServerChanges {
  added: readonly string[];
  removed: readonly string[];
}

const NO_CHANGES: ServerChanges = { added: [], removed: [] };

/** The proxy of one task: its files, its process and what is said to it. Everything may be repeated. */
export class HaproxyProxy {
  static readonly PID_FILE = "haproxy.pid";
  private readonly spec: ProxySpec;
  private readonly folder: string;
  private readonly jail: string;
  private readonly joinTask: HaproxyProxyOptions["joinTask"];
  private readonly socket: string;
  private readonly pidFile: string;
  private readonly configFile: string;

  constructor(spec: ProxySpec, { folder, jail, joinTask }: HaproxyProxyOptions) {
    this.spec = spec;
    this.joinTask = joinTask;
    this.folder = folder;
    this.jail = jail;
    this.socket = join(folder, "haproxy.sock");
    this.pidFile = join(folder, HaproxyProxy.PID_FILE);
    this.configFile = join(folder, "haproxy.cfg");
  }

  get isRunning(): boolean {
    return daemonPid(this.pidFile) !== undefined;
  }

  /** Starts it anew, with all it is told; resolves when it accepts connections. */
  async start(): Promise<void> {
    const { spec, jail, socket, configFile, pidFile } = this;
    await this.end();
    rmSync(socket, { force: true });
    writeFileAtomic(configFile, haproxyConfig(spec, { socket, jail, user: unprivilegedUser() }));
    closeSync(openSync(spec.logFile, "a", LOG_MODE));
    await ensureDaemon({
      program: "nsenter",
      args: [`--net=${spec.networkNamespace}`, "haproxy", "-db", "-f", configFile],
      pidFile,
      logFile: spec.logFile,
    });
    await this.settle();
  }

  /** All that follows the start of its process; resolves when it accepts connections. */
  async settle(): Promise<void> {
    const { spec, folder, socket, pidFile } = this;
    const pid = daemonPid(pidFile);
    if (pid !== undefined) await this.joinTask(spec.taskId, pid);
    const retryable = () => this.isRunning;
    await retry(systemClock, { attempts: 200, firstDelayMs: 5, maxDelayMs: 25, retryable }, async () => {
      await haproxyCommands(socket, ["show info"]);
    }).catch((cause: unknown) => {
      throw new Error(`the Service Connect proxy did not start: ${alertsOf(spec.logFile)}`, { cause });
    });
    await redirectToProxy(spec, folder);
  }

  /** Whether its process has what shifting a client route's traffic takes. */
  canShift(index: number): boolean {
    return readFileSync(this.configFile, "utf8").includes(`\nbackend ${shiftBackend(index)}\n`);
  }

  /**
   * Makes a client route go to the endpoints that it has now and no others. Connections to those that go may end by
   * themselves.
   */
  async applyEndpoints(index: number): Promise<void> {
    const { protocol, endpoints, shift } = this.spec.clients[index]!;
    const usual = await this.changes(clientBackend(index), endpoints, protocol);
    // Who can come to where traffic is going is there first, who must go is there to the end.
    const canShift = this.canShift(index);
    const shifted = canShift ? await this.changes(shiftBackend(index), shift?.endpoints ?? [], protocol) : NO_CHANGES;
    const share = `experimental-mode on; set var ${shiftVariable(index)} int(${tenths(shift)})`;
    const commands = [
      ...usual.added,
      ...shifted.added,
      ...(canShift ? [share] : []),
      ...usual.removed,
      ...shifted.removed,
    ];
    for (const command of commands) {
      const answer = (await haproxyCommands(this.socket, [command])).trim();
      if (command.startsWith("add server") && !answer.includes("New server registered"))
        throw new Error(`HAProxy did not take an endpoint: ${answer}`);
    }
  }

  async metrics(): Promise<ProxyMetrics[]> {
    return proxyMetrics(this.spec, await haproxyCommands(this.socket, ["show stat"]));
  }

  /** Ends it, and takes its rules back. */
  async remove(): Promise<void> {
    await this.end();
    if (isNamespace(this.spec.networkNamespace)) await removeRedirects(this.spec.networkNamespace, this.folder);
  }

  private async end(): Promise<void> {
    if (!this.isRunning) await this.findStray();
    await stopDaemon(this.pidFile, STOP_GRACE_MS);
  }

  /** One whose starter died before it wrote the pid down answers all the same. */
  private async findStray(): Promise<void> {
    if (!existsSync(this.socket)) return;
    const info = await haproxyCommands(this.socket, ["show info"]).catch(() => "");
    const pid = /^Pid: (\d+)$/m.exec(info)?.[1];
    if (pid !== undefined) writePidFile(this.pidFile, Number(pid));
  }

  /** What a backend is to be told so that it has these servers and no others. */
  private async changes(
    backend: string,
    endpoints: readonly ProxyEndpoint[],
    protocol: ProxyProtocol,
  ): Promise<ServerChanges> {
    const present = await this.servers(backend);
    const wanted = new Map(endpoints.map((endpoint) => [serverName(endpoint), endpoint]));
    const added: string[] = [];
    const removed: string[] = [];
    for (const [name, endpoint] of wanted) {
      const server = `${backend}/${name}`;
      if (!present.has(name))
        added.push(
          `add server ${server} ${serverArguments(endpoint, protocol)}`,
          `enable server ${server}`,
          `enable health ${server}`,
        );
      else if (present.get(name) === "maintenance") added.push(`set server ${server} state ready`);
    }
    for (const [name, state] of present)
      if (!wanted.has(name)) {
        if (state === "ready") removed.push(`set server ${backend}/${name} state maint`);
        // Refused as long as it has connections: the next change tries again.
        removed.push(`del server ${backend}/${name}`);
      }
    return { added, removed };
  }

  /** What a backend has, by name: taking requests, or put aside. */
  private async servers(backend: string): Promise<Map<string, "ready" | "maintenance">> {
    const answer = await haproxyCommands(this.socket, [`show servers state ${backend}`]);
    const rows = answer
      .split("\n")
      .map((line) => line.split(" "))
      .filter((fields) => fields[1] === backend);
    return new Map(rows.map((fields) => [fields[3]!, fields[6] === "0" ? "ready" : "maintenance"]));
  }
}

function unprivilegedUser(): string {
  return /^haproxy:/m.test(readFileSync("/etc/passwd", "utf8")) ? "haproxy" : "nobody";
}

function alertsOf(logFile: string): string {
  const lines = readFileSync(logFile, "utf8").split("\n");
  return lines
    .filter((line) => line.startsWith("[ALERT]"))
    .slice(-3)
    .join(" ");
}
