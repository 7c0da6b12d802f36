import type { Component } from "../../../base/lifecycle.ts";
import { parseScopeKey } from "../../../base/scope.ts";
import { ReconcileLoop } from "../../../control/loop.ts";
import type { Change, Store } from "../../../store/store.ts";
import { UNFINISHED, type TaskRecord } from "../../../tasks/task-record.ts";
import { removePorts } from "../discovery/service-connect.ts";
import type { Ecs } from "../ecs.ts";
import { saveService } from "./find.ts";
import { keepRolling } from "./rolling.ts";
import { stopForScaling } from "./service-tasks.ts";
import { groupOf, primaryOf, versionsOf, type ServiceRecord } from "./service-record.ts";

/** Events within this time are answered together, so that one message says `has started 2 tasks`. */
const DEBOUNCE_MS = 1000;
/** Keeps every service at what it should be: starts, stops and replaces tasks, and rolls deployments out and back. */
export class ServiceController implements Component {
  readonly name = "ecs-services";
  private readonly ecs: Ecs;
  private readonly store: Store;
  private readonly loop: ReconcileLoop;
  private unsubscribe: (() => void) | undefined;

  /** How long its rounds took, nanoseconds. */
  get rounds() {
    return this.loop.durations;
  }

  constructor(ecs: Ecs, store: Store) {
    this.ecs = ecs;
    this.store = store;
    this.loop = new ReconcileLoop({
      name: this.name,
      clock: ecs.clock,
      log: ecs.log,
      debounceMs: DEBOUNCE_MS,
      reconcile: (key) => this.reconcile(key),
    });
  }

  async start(): Promise<void> {
    this.loop.start();
    this.unsubscribe = this.store.onChange((change) => this.heard(change));
    const services = await this.ecs.store.services.listAll({ where: { status: ["ACTIVE", "DRAINING"] } });
    for (const { scope, id } of services) this.loop.wake(`${scope} ${id}`);
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    await this.loop.stop();
  }

  /** Wakes the service that a change of its record or of one of its tasks concerns. */
  private heard(change: Change): void {
    if (change.collection === this.ecs.store.services.name && change.kind === "put")
      this.loop.wake(`${change.scope} ${change.id}`);
    if (change.collection !== this.ecs.engine.tasks.name) return;
    const { task_group: group, cluster } = change.values;
    if (typeof group !== "string" || !group.startsWith("service:") || typeof cluster !== "string") return;
    this.loop.wake(`${change.scope} ${cluster.split("/").at(-1)}/${group.slice("service:".length)}`);
  }

  /**
   * One round, in one transaction: what it read has not changed when it writes, and it is done as a whole or not at all.
   * @param key scope, space, cluster/service
   */
  private reconcile(key: string): Promise<number | undefined> {
    const [scope = "", id = ""] = key.split(" ");
    return this.ecs.transaction(() => this.round(scope, id));
  }

  private async round(scope: string, id: string): Promise<number | undefined> {
    const service = await this.ecs.store.services.get(scope, id);
    if (!service || service.status === "INACTIVE") return undefined;
    const tasks = await this.ecs.engine.tasks.list(parseScopeKey(scope), {
      where: { cluster: service.clusterArn, task_group: groupOf(service.serviceName), last_status: UNFINISHED },
    });
    if (service.status === "DRAINING") return await this.drain(service, tasks);
    return await keepRolling(this.ecs, service, tasks);
  }

  private async drain(service: ServiceRecord, tasks: readonly TaskRecord[]): Promise<undefined> {
    for (const task of tasks) await stopForScaling(this.ecs, task, primaryOf(service).id);
    // What it last rolled out, or tried to, stays to be seen.
    const lastCompleted = service.lastCompleted ?? primaryOf(service);
    if (tasks.length) return undefined;
    const inactive: ServiceRecord = { ...service, status: "INACTIVE", deployments: [], lastCompleted };
    await removePorts(this.ecs, service, versionsOf(service), []);
    await saveService(this.ecs, inactive);
    return undefined;
  }
}
