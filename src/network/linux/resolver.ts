import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { systemClock } from "../../base/clock.ts";
import { daemonPid, stopDaemon } from "../../base/daemon.ts";
import { writeFileAtomic } from "../../base/files.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Logger } from "../../base/log.ts";
import { retry } from "../../base/retry.ts";
import type { ZoneSpec } from "../backend.ts";
import { baseConfig, dataConfig, FILES, structureConfig, structureOf, type Structure } from "./resolver-config.ts";
import { endStrays, pidFileOf, readIfThere, startInside, unprivilegedUser, type Place } from "./resolver-processes.ts";
import { unboundControl } from "./unbound-control.ts";
import { UnboundData } from "./unbound-data.ts";
import { ZoneServer } from "./zone-server-process.ts";
import { WantedNames } from "./wanted-names.ts";
import { zoneTable, type NameRecord, type ZoneTable } from "./zones.ts";

export type { NameRecord } from "./zones.ts";

export interface ResolverOptions {
  /** The name of the namespace that it answers in. */
  namespace: string;
  /** For its configuration, control socket and log. */
  folder: string;
  /** Where it listens, of either family. */
  addresses: readonly string[];
  /** The name servers it forwards to; asked each time, since the host's may change. */
  upstreams(): readonly string[];
  log: Logger;
}

/** How often it is looked whether unbound runs: one that an earlier engine started is not our child, so nothing tells. */
const WATCH_MS = 1000;

/**
 * The VPC's resolver: an unbound of its own that goes on when the control plane ends. It answers the VPC's private names
 * and zones itself, and forwards what else it is asked. From {@link Resolver.ensure} on, it is started again when it dies.
 */
export class Resolver {
  private readonly options: ResolverOptions;
  private readonly place: Place;
  private readonly pidFile: string;
  private readonly socket: string;
  /** Says what structure unbound runs with. */
  private readonly appliedFile: string;
  private readonly data: UnboundData;
  private readonly zoneServer: ZoneServer;
  private readonly wanted = new WantedNames();
  /** One change at a time: a start must not meet another. */
  private readonly queue = new KeyedQueue();
  private watch: NodeJS.Timeout | undefined;
  private isReviving = false;

  constructor(options: ResolverOptions) {
    this.options = options;
    this.place = { namespace: options.namespace, folder: options.folder };
    this.pidFile = pidFileOf(this.place, "unbound");
    this.socket = join(options.folder, "unbound.ctl");
    this.appliedFile = join(options.folder, "applied.json");
    this.data = new UnboundData(this.socket);
    this.zoneServer = new ZoneServer(this.place);
  }

  /** Starts it unless it runs, and makes it know these names and zones and no others. */
  async ensure(names: readonly NameRecord[], zones: readonly ZoneSpec[]): Promise<void> {
    this.wanted.replace(names, this.table(zones));
    await this.queue.run("", () => this.synchronize());
    this.watch ??= setInterval(() => void this.reviveIfDead(), WATCH_MS).unref();
  }

  /** Makes it know one more name; starts it, with all names, when it does not run or does not answer. */
  async add(record: NameRecord): Promise<void> {
    const owners = this.wanted.add(record);
    await this.queue.run("", () => this.tell(owners));
  }

  /** Makes it forget a name; starts it anew when it does not answer. Nothing happens when it does not run. */
  async remove(record: NameRecord): Promise<void> {
    const owners = this.wanted.remove(record);
    await this.queue.run("", async () => {
      if (this.runs()) await this.tell(owners);
    });
  }

  /** Replaces the zones. Of a name that stays, every answer has the old values or the new ones. */
  async setZones(zones: readonly ZoneSpec[]): Promise<void> {
    const owners = this.wanted.setZones(this.table(zones));
    await this.queue.run("", () => this.tell(owners));
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
      await this.zoneServer.stop();
      this.data.assume(undefined);
      rmSync(this.options.folder, { recursive: true, force: true });
    });
  }

  private async reviveIfDead(): Promise<void> {
    if (this.isReviving || this.isWhole()) return;
    const { log, namespace } = this.options;
    this.isReviving = true;
    await this.queue
      .run("", async () => {
        if (!this.watch || this.isWhole()) return; // let go, or started meanwhile
        log.warn({ namespace }, "a VPC's resolver ended, starting it again");
        await this.synchronize();
      })
      .catch((err: unknown) => log.error({ err, namespace }, "could not start a VPC's resolver, trying again"));
    this.isReviving = false;
  }

  private table(zones: readonly ZoneSpec[]): ZoneTable {
    const table = zoneTable(zones);
    const { log, namespace } = this.options;
    if (table.unusable.length) log.warn({ namespace, names: table.unusable }, "not names of DNS, left out");
    return table;
  }

  private runs(): boolean {
    return daemonPid(this.pidFile) !== undefined;
  }

  private isWhole(): boolean {
    return this.runs() && (!this.applied()?.dynamic.length || this.zoneServer.runs());
  }

  /** Passes the lines of some owners on, or all there is where more is to be done. */
  private async tell(owners: readonly string[]): Promise<void> {
    const structure = this.structure();
    if (!this.isWhole() || !this.isConfigured() || !isDeepStrictEqual(this.applied(), structure))
      return await this.synchronize();
    const elsewhere = ownersElsewhere(structure);
    if (elsewhere.size) this.writeServedNames();
    const lines = new Map(owners.map((owner) => [owner, this.wanted.lines(owner, elsewhere)]));
    await this.data.replace(lines).catch(() => this.synchronize());
  }

  /** Makes everything be as wanted, whatever there is. */
  private async synchronize(): Promise<void> {
    const structure = this.structure();
    const lines = this.wanted.allLines(ownersElsewhere(structure));
    mkdirSync(this.options.folder, { recursive: true, mode: 0o711 });
    chmodSync(this.options.folder, 0o711); // unbound reads its configuration again when it has no rights any more
    if (structure.dynamic.length) {
      this.writeServedNames();
      await this.zoneServer.ensure();
    }
    if (!this.runs() || !this.isConfigured() || !(await this.answers())) await this.start(structure, lines);
    else if (!isDeepStrictEqual(this.applied(), structure))
      await this.reload(structure, lines).catch(() => this.start(structure, lines));
    else await this.data.replaceAll(lines);
    if (!structure.dynamic.length) await this.zoneServer.stop();
  }

  private structure(): Structure {
    return structureOf(this.wanted.zones, this.options.upstreams(), this.applied());
  }

  private applied(): Structure | undefined {
    const text = readIfThere(this.appliedFile);
    return text === undefined ? undefined : (JSON.parse(text) as Structure);
  }

  private writeServedNames(): void {
    const { zones, sets } = this.wanted.zones;
    this.zoneServer.write({ zones, sets: [...sets, ...this.wanted.nameSets()] });
  }

  private baseConfig(): string {
    const user = unprivilegedUser().name;
    return baseConfig({ addresses: this.options.addresses, user, controlSocket: this.socket });
  }

  /** Whether it was started with what it reads at its start alone. */
  private isConfigured(): boolean {
    return readIfThere(join(this.options.folder, FILES.config)) === this.baseConfig();
  }

  private writeConfig(structure: Structure, lines: readonly string[]): void {
    const write = (name: string, text: string) => writeFileAtomic(join(this.options.folder, name), text, 0o644);
    rmSync(this.appliedFile, { force: true });
    write(FILES.structure, structureConfig(structure));
    write(FILES.data, dataConfig(lines));
    write(FILES.config, this.baseConfig());
  }

  private async start(structure: Structure, lines: readonly string[]): Promise<void> {
    await stopDaemon(this.pidFile, 500);
    await endStrays(this.place, "unbound");
    rmSync(this.socket, { force: true });
    this.writeConfig(structure, lines);
    await startInside(this.place, "unbound", "unbound", ["-d", "-c", FILES.config]);
    await this.becomes(structure, lines);
  }

  /** Without closing its sockets; what it waits for from other name servers is lost, and asked again. */
  private async reload(structure: Structure, lines: readonly string[]): Promise<void> {
    const before = new Set(this.applied()?.dynamic);
    const taken = structure.dynamic.filter((name) => !before.has(name));
    this.writeConfig(structure, lines);
    await this.forget(taken); // what it answers itself so far; the rest may be asked for again until it has reloaded
    await unboundControl(this.socket, "reload_keep_cache");
    await this.becomes(structure, lines, taken);
  }

  /** @param taken names that so far may have been others' to answer: what unbound keeps of that, it would go on telling */
  private async becomes(structure: Structure, lines: readonly string[], taken: readonly string[] = []): Promise<void> {
    const log = () => readIfThere(join(this.options.folder, "unbound.log"))?.trim().split("\n").at(-1) ?? "";
    await retry(systemClock, { attempts: 200, firstDelayMs: 10, maxDelayMs: 25 }, () =>
      unboundControl(this.socket, "status"),
    ).catch((cause: unknown) => {
      throw new Error(`the resolver of ${this.options.namespace} did not start: ${log()}`, { cause });
    });
    await this.forget(taken);
    this.data.assume(lines);
    writeFileAtomic(this.appliedFile, JSON.stringify(structure));
  }

  /** Makes it forget what it keeps of names, and of those below them. */
  private async forget(names: readonly string[]): Promise<void> {
    for (const name of names) await unboundControl(this.socket, `flush_zone ${name}`);
  }

  private async answers(): Promise<boolean> {
    return await unboundControl(this.socket, "status").then(
      () => true,
      () => false,
    );
  }
}

/** The names that the zone server answers, as lines have them. */
function ownersElsewhere({ dynamic }: Structure): ReadonlySet<string> {
  return new Set(dynamic.map((name) => `${name}.`));
}
