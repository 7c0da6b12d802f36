import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { daemonPid } from "../base/daemon.ts";
import { errnoOf } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import type { Logger } from "../base/log.ts";
import { isNamespace } from "../network/linux/namespace.ts";
import { withEndpoints, withoutEndpoints } from "./endpoints.ts";
import { HaproxyProxy } from "./haproxy-proxy.ts";
import type { ProxyEndpoint, ProxyMetrics, ProxyShift, ProxySpec, ServiceConnectProxies } from "./service-connect.ts";

export interface HaproxyProxiesOptions {
  /** For the proxies' configurations, sockets and pid files. */
  folder: string;
  /** Puts a process among those of a task, whose CPU and memory it uses. */
  joinTask(taskId: string, pid: number): Promise<void>;
  log: Logger;
}

/** How often it is looked whether the proxies run: one that an earlier engine started is not our child. */
const WATCH_MS = 1000;
const SPEC_FILE = "spec.json";

/** Service Connect's proxies as HAProxy processes, each in the network namespace of its task. Needs root. */
export class HaproxyProxies implements ServiceConnectProxies {
  private readonly folder: string;
  private readonly joinTask: HaproxyProxiesOptions["joinTask"];
  private readonly log: Logger;
  private readonly specs = new Map<string, ProxySpec>();
  /** The tasks whose proxy this process has brought up to the last step: an earlier one may have died before that. */
  private readonly settled = new Set<string>();
  /** One change of a task's proxy at a time. */
  private readonly queue = new KeyedQueue();
  private watch: NodeJS.Timeout | undefined;
  private isReviving = false;

  constructor({ folder, joinTask, log }: HaproxyProxiesOptions) {
    this.folder = folder;
    this.joinTask = joinTask;
    this.log = log;
  }

  /** Takes up the proxies that an earlier engine left running, and from now on starts again those that end. */
  async start(): Promise<void> {
    mkdirSync(this.jail, { recursive: true, mode: 0o711 });
    for (const taskId of await this.list()) {
      const spec = readSpec(join(this.folder, taskId, SPEC_FILE));
      if (spec) this.specs.set(taskId, spec);
    }
    this.watch = setInterval(() => void this.revive(), WATCH_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.watch);
    this.watch = undefined;
    await Promise.all([...this.specs.keys()].map((taskId) => this.queue.run(taskId, async () => {})));
    this.specs.clear();
    this.settled.clear();
  }

  async ensure(spec: ProxySpec): Promise<void> {
    await this.queue.run(spec.taskId, async () => {
      const before = this.specs.get(spec.taskId);
      this.record(spec);
      const proxy = this.proxy(spec);
      if (!before || !proxy.isRunning || !isDeepStrictEqual(withoutEndpoints(before), withoutEndpoints(spec)))
        return await this.startAnew(spec);
      if (!this.settled.has(spec.taskId)) await proxy.settle();
      this.settled.add(spec.taskId);
      for (const index of spec.clients.keys()) await proxy.applyEndpoints(index);
    });
  }

  async setEndpoints(taskId: string, route: string, endpoints: ProxyEndpoint[], shift?: ProxyShift): Promise<void> {
    await this.queue.run(taskId, async () => {
      const spec = this.specs.get(taskId);
      const index = spec?.clients.findIndex((client) => client.name === route) ?? -1;
      if (!spec || index < 0) return; // removed meanwhile
      const changed = withEndpoints(spec, route, endpoints, shift);
      this.record(changed);
      const proxy = this.proxy(changed);
      if (!proxy.isRunning) return;
      // One that an earlier release started may know of no such thing as a shift.
      if (shift && !proxy.canShift(index)) await this.startAnew(changed);
      else await proxy.applyEndpoints(index);
    });
  }

  async remove(taskId: string): Promise<void> {
    await this.queue.run(taskId, async () => {
      const folder = join(this.folder, taskId);
      const spec = this.specs.get(taskId) ?? readSpec(join(folder, SPEC_FILE));
      this.specs.delete(taskId);
      this.settled.delete(taskId);
      if (spec) await this.proxy(spec).remove();
      rmSync(folder, { recursive: true, force: true });
    });
  }

  async metrics(): Promise<ProxyMetrics[]> {
    const running = [...this.specs.values()].map((spec) => this.proxy(spec)).filter((proxy) => proxy.isRunning);
    // One that ends at this moment has none.
    return (await Promise.all(running.map((proxy) => proxy.metrics().catch(() => [])))).flat();
  }

  async list(): Promise<string[]> {
    try {
      return readdirSync(this.folder).filter((name) => existsSync(join(this.folder, name, SPEC_FILE)));
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return [];
      throw cause;
    }
  }

  private get jail(): string {
    return join(this.folder, "empty");
  }

  private proxy(spec: ProxySpec): HaproxyProxy {
    const { jail, joinTask } = this;
    return new HaproxyProxy(spec, { folder: join(this.folder, spec.taskId), jail, joinTask });
  }

  private async startAnew(spec: ProxySpec): Promise<void> {
    this.settled.delete(spec.taskId);
    await this.proxy(spec).start();
    this.settled.add(spec.taskId);
  }

  /** Written before it is acted on: an engine that starts anew knows what should run. */
  private record(spec: ProxySpec): void {
    this.specs.set(spec.taskId, spec);
    mkdirSync(join(this.folder, spec.taskId), { recursive: true, mode: 0o700 });
    writeFileAtomic(join(this.folder, spec.taskId, SPEC_FILE), JSON.stringify(spec));
  }

  private async revive(): Promise<void> {
    if (this.isReviving) return;
    this.isReviving = true;
    for (const taskId of this.specs.keys()) {
      if (daemonPid(join(this.folder, taskId, HaproxyProxy.PID_FILE)) !== undefined) continue;
      await this.queue
        .run(taskId, async () => {
          const spec = this.specs.get(taskId);
          if (!this.watch || !spec || this.proxy(spec).isRunning) return; // let go, removed or started meanwhile
          if (!isNamespace(spec.networkNamespace)) return; // the task is on its way out, or its network on its way in
          this.log.warn({ task: taskId }, "a Service Connect proxy ended, starting it again");
          await this.startAnew(spec);
        })
        .catch((err: unknown) =>
          this.log.error({ err, task: taskId }, "could not start a Service Connect proxy, trying again"),
        );
    }
    this.isReviving = false;
  }
}

function readSpec(file: string): ProxySpec | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProxySpec;
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw new Error(`${file} cannot be read`, { cause });
  }
}
