import { createHistogram } from "node:perf_hooks";
import type { Component } from "../../../base/lifecycle.ts";
import { parseScopeKey, scopeKey, type Scope } from "../../../base/scope.ts";
import { ReconcileLoop } from "../../../control/loop.ts";
import { placeOf, recordKey, storeChanges } from "../../../control/record-keys.ts";
import type { Change, Store } from "../../../store/store.ts";
import { UNFINISHED, type TaskRecord } from "../../../tasks/task-record.ts";
import { removePorts } from "../discovery/service-connect.ts";
import type { Ecs } from "../ecs.ts";
import { saveService } from "./find.ts";
import { keepRolling } from "./rolling.ts";
import { stopTasks } from "./service-tasks.ts";
import { keepStaged } from "./staged.ts";
import { hasStages } from "./staged-deployment.ts";
import { keepTaskSets } from "./task-sets/keep.ts";
import { currentServiceDeployment, forgetDeployments } from "./service-deployments.ts";
import { groupOf, primaryOf, versionsOf, type ServiceRecord } from "./service-record.ts";

/** Events within this time are answered together, so that one message says `has started 2 tasks`. */
const DEBOUNCE_MS = 1000;
/** With many services, the tasks of those that had their turn get on before more tasks are started. */
const ROUNDS_AT_ONCE = 4;
const SERVICE_GROUP = groupOf("");

/** Keeps every service at what it should be: starts, stops and replaces tasks, and rolls deployments out and back. */
export class ServiceController implements Component {
  readonly name = "ecs-services";
  /** How long its rounds took, nanoseconds. */
  readonly rounds = createHistogram();
  private readonly ecs: Ecs;
  private readonly store: Store;
  private readonly loop: ReconcileLoop;

  constructor(ecs: Ecs, store: Store) {
    this.ecs = ecs;
    this.store = store;
    this.loop = new ReconcileLoop({
      name: this.name,
      clock: ecs.clock,
      log: ecs.log,
      debounceMs: DEBOUNCE_MS,
      atOnce: ROUNDS_AT_ONCE,
      sources: [
        storeChanges(store, (change) => this.concerned(change)),
        (wake) => ecs.alarms.onChange((scope, name) => void this.wakeWatchers(scope, name, wake)),
      ],
      unfinished: async () =>
        (await ecs.store.services.listAll({ where: { status: ["ACTIVE", "DRAINING"] } })).map(recordKey),
      reconcile: (key) => this.reconcile(key),
    });
  }

  async start(): Promise<void> {
    await this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** The service that a change of its record, or of something of its, concerns. */
  private concerned({ collection, kind, scope, id, values }: Change): string[] {
    const { services, taskSets, serviceDeployments } = this.ecs.store;
    if (collection === services.name) return kind === "put" ? [recordKey({ scope, id })] : [];
    if (collection === taskSets.name || collection === serviceDeployments.name)
      return [recordKey({ scope, id: id.split("/").slice(0, 2).join("/") })];
    if (collection !== this.ecs.engine.tasks.name) return [];
    const { task_group: group, cluster } = values;
    if (typeof group !== "string" || !group.startsWith(SERVICE_GROUP) || typeof cluster !== "string") return [];
    return [recordKey({ scope, id: `${cluster.split("/").at(-1)}/${group.slice(SERVICE_GROUP.length)}` })];
  }

  /** Wakes the services whose deployments watch an alarm. */
  private async wakeWatchers(scope: Scope, alarmName: string, wake: (key: string) => void): Promise<void> {
    try {
      const where = { status: ["PENDING", "IN_PROGRESS"] };
      const ongoing = await this.ecs.store.serviceDeployments.list(scopeKey(scope), { where });
      for (const { alarms, clusterName, serviceName } of ongoing)
        if (alarms?.alarmNames.includes(alarmName))
          wake(recordKey({ scope: scopeKey(scope), id: `${clusterName}/${serviceName}` }));
    } catch (err) {
      this.ecs.log.warn({ err, alarmName }, "services could not be told of an alarm's change");
    }
  }

  /**
   * One round, in one transaction: what it read has not changed when it writes, and it is done as a whole or not at all.
   * @param key of the service's record
   */
  private reconcile(key: string): Promise<number | undefined> {
    const { scope, id } = placeOf(key);
    return this.store.background(() =>
      this.ecs.transaction(async () => {
        const began = performance.now();
        const lookAgainAt = await this.round(scope, id);
        this.rounds.record(Math.ceil((performance.now() - began) * 1e6));
        return lookAgainAt;
      }),
    );
  }

  private async round(scope: string, id: string): Promise<number | undefined> {
    const service = await this.ecs.store.services.get(scope, id);
    if (!service || service.status === "INACTIVE") return undefined;
    const tasks = await this.ecs.engine.tasks.list(parseScopeKey(scope), {
      where: { cluster: service.clusterArn, task_group: groupOf(service.serviceName), last_status: UNFINISHED },
    });
    if (service.deploymentController === "EXTERNAL") return await keepTaskSets(this.ecs, service, tasks);
    if (service.status === "DRAINING") return await this.drain(service, tasks);
    const deployment = await currentServiceDeployment(this.ecs, service);
    if (deployment && hasStages(deployment)) return await keepStaged(this.ecs, { service, deployment }, tasks);
    return await keepRolling(this.ecs, { service, deployment }, tasks);
  }

  private async drain(service: ServiceRecord, tasks: readonly TaskRecord[]): Promise<undefined> {
    const primary = primaryOf(service);
    const running = tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
    const stop = running.map(({ taskId }) => ({ taskId, cause: "scaling" as const }));
    const told = await stopTasks(this.ecs, service, primary.id, tasks, { stop, unhealthy: [] });
    if (stop.length) await saveService(this.ecs, told);
    if (tasks.length) return undefined;
    // What it last rolled out, or tried to, stays to be seen.
    const { lastCompleted = primary, conditions: _over, serviceDeploymentId: _forgotten, ...left } = service;
    await removePorts(this.ecs, service, versionsOf(service), []);
    await forgetDeployments(this.ecs, service);
    await saveService(this.ecs, {
      ...left,
      status: "INACTIVE",
      deployments: [],
      lastCompleted,
    });
    return undefined;
  }
}
