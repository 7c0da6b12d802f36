import { statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import type { Scope } from "../../base/scope.ts";
import type { Store } from "../../store/store.ts";
import { deletionProtected, streamNotFound } from "./errors.ts";
import { EventLog } from "./event-log/event-log.ts";
import { LogGroups, type LogGroup } from "./log-groups.ts";
import { StoreLogSink } from "./log-sink.ts";
import { ResourcePolicies } from "./resource-policies.ts";

export interface LogsParts {
  store: Store;
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** The file of the events, or `:memory:`. */
  path: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CLEANING_INTERVAL_MS = 60 * 60 * 1000;

/**
 * CloudWatch Logs: the groups, in the store, and their streams and events, in the event log. Deleting makes things
 * unknown at once; the events themselves go in small steps behind the answer, so that no deletion holds up other work,
 * and what a crash leaves of it goes after the next start.
 */
export class Logs implements Component {
  readonly name = "logs";
  readonly clock: Clock;
  readonly groups: LogGroups;
  readonly resourcePolicies: ResourcePolicies;
  /** Where the engine puts the output of containers. */
  readonly sink: StoreLogSink;
  /** When the files of the events were last written to before they were opened, milliseconds since 1970. */
  lastStoredBeforeStart = 0;
  private readonly log: Logger;
  private readonly path: string;
  private opened: EventLog | undefined;
  private stopped = new AbortController();
  private background: Promise<void> = Promise.resolve();

  constructor(parts: LogsParts) {
    this.clock = parts.clock;
    this.log = parts.log;
    this.path = parts.path;
    this.groups = new LogGroups(parts.store, parts.clock, parts.ids);
    this.resourcePolicies = new ResourcePolicies(parts.store);
    this.sink = new StoreLogSink(this);
  }

  get events(): EventLog {
    if (!this.opened) throw new Error("the log service is not started");
    return this.opened;
  }

  /** Opens the event log and starts removing what has expired or was deleted. The store must be open. */
  start(): void {
    if (this.opened) return;
    this.lastStoredBeforeStart = Math.max(modifiedAt(this.path), modifiedAt(`${this.path}-wal`));
    this.opened = new EventLog(this.path);
    this.sink.forgetStreams();
    this.resourcePolicies.forget();
    this.stopped = new AbortController();
    void this.cleanRegularly(this.stopped.signal);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.background;
    this.opened?.close();
    this.opened = undefined;
  }

  /** @throws AwsError `ResourceNotFoundException`, `ValidationException` when the group is protected */
  async deleteGroup(scope: Scope, name: string): Promise<void> {
    const group = await this.groups.require(scope, name);
    if (group.deletionProtectionEnabled) throw deletionProtected(name);
    await this.groups.delete(scope, name);
    this.sink.forgetGroup(scope, name);
    this.inBackground("removing a log group", () => this.purgeGroup(group.uid));
  }

  /** @throws AwsError `ResourceNotFoundException` */
  async deleteStream(scope: Scope, groupName: string, name: string): Promise<void> {
    const group = await this.groups.require(scope, groupName);
    if (!this.events.deleteStream(group.uid, name)) throw streamNotFound();
    this.inBackground("removing a log stream", () => this.repeat(() => this.events.deleteStep()));
  }

  /** Removes what is older than the group's retention, behind the answer. */
  expireSoon(group: LogGroup): void {
    this.inBackground("removing expired events", () => this.expire(group));
  }

  /** Resolves when all removals that were begun are done. */
  async settled(): Promise<void> {
    await this.background;
  }

  private async cleanRegularly(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.inBackground("removing what was deleted", () => this.purgeOrphans());
      this.inBackground("removing expired events", async () => {
        for (const group of await this.groups.all()) await this.expire(group);
      });
      await this.clock.sleep(CLEANING_INTERVAL_MS, signal).catch(() => {});
    }
  }

  private async expire(group: LogGroup): Promise<void> {
    if (group.retentionInDays === undefined) return;
    const time = this.clock.now() - group.retentionInDays * DAY_MS;
    await this.repeat(() => this.events.expireStep(group.uid, time));
  }

  private async purgeGroup(uid: string): Promise<void> {
    await this.repeat(() => this.events.deleteGroupStep(uid));
    await this.repeat(() => this.events.deleteStep());
  }

  private async purgeOrphans(): Promise<void> {
    const stored = this.events.groupUids(); // first: a group is in the store before it is here
    const known = new Set((await this.groups.all()).map((group) => group.uid));
    for (const uid of stored) if (!known.has(uid)) await this.purgeGroup(uid);
    await this.repeat(() => this.events.deleteStep());
  }

  /** Takes steps until there is nothing more to do, with other work in between. */
  private async repeat(step: () => boolean): Promise<void> {
    while (!this.stopped.signal.aborted && step()) await nextTurn();
  }

  private inBackground(what: string, work: () => Promise<void>): void {
    this.background = this.background
      .then(() => (this.stopped.signal.aborted ? undefined : work()))
      .catch((err: unknown) => this.log.error({ err }, `${what} failed; it is tried again later`));
  }
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
