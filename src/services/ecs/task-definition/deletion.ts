import type { Component } from "../../../base/lifecycle.ts";
import { parseScopeKey, type Scope } from "../../../base/scope.ts";
import { ReconcileLoop } from "../../../control/loop.ts";
import type { Change, Store } from "../../../store/store.ts";
import { UNFINISHED } from "../../../tasks/task-record.ts";
import type { Ecs } from "../ecs.ts";
import { versionsOf } from "../service/service-record.ts";
import type { TaskDefinitionRecord } from "../store.ts";

/** Tasks and services that end within this time are looked at together. */
const DEBOUNCE_MS = 1000;
const DELETING = "DELETE_IN_PROGRESS";

/** Removes the task definitions whose deletion was asked for, once no task and no service uses them. */
export class DefinitionDeletion implements Component {
  readonly name = "ecs-task-definition-deletion";
  private readonly ecs: Ecs;
  private readonly store: Store;
  private readonly loop: ReconcileLoop;
  /** Scope, space, id of those that wait. */
  private readonly waiting = new Set<string>();
  private unsubscribe: (() => void) | undefined;

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
    for (const { scope, id } of await this.ecs.store.definitions.listAll({ where: { status: DELETING } }))
      this.wait(`${scope} ${id}`);
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.waiting.clear();
    await this.loop.stop();
  }

  private heard({ collection, kind, scope, id, values }: Change): void {
    if (collection === this.ecs.store.definitions.name) {
      if (kind === "put" && values["status"] === DELETING) this.wait(`${scope} ${id}`);
    } else if (
      collection === this.ecs.store.services.name ||
      collection === this.ecs.store.taskSets.name ||
      (collection === this.ecs.engine.tasks.name && values["last_status"] === "STOPPED")
    )
      for (const key of this.waiting) this.loop.wake(key);
  }

  private wait(key: string): void {
    this.waiting.add(key);
    this.loop.wake(key);
  }

  private reconcile(key: string): Promise<undefined> {
    const [scope = "", id = ""] = key.split(" ");
    return this.ecs.transaction(async () => {
      const found = await this.ecs.store.definitions.get(scope, id);
      if (found?.definition.status === DELETING && (await this.isUsed(parseScopeKey(scope), scope, found)))
        return undefined;
      if (found?.definition.status === DELETING) await this.ecs.store.definitions.delete(scope, id);
      this.waiting.delete(key);
      return undefined;
    });
  }

  private async isUsed(scope: Scope, key: string, { definition }: TaskDefinitionRecord): Promise<boolean> {
    const { family, taskDefinitionArn } = definition;
    const services = await this.ecs.store.services.list(key, { where: { status: ["ACTIVE", "DRAINING"] } });
    if (services.some((service) => versionsOf(service).some((one) => one.taskDefinition === taskDefinitionArn)))
      return true;
    const taskSets = await this.ecs.store.taskSets.list(key);
    if (taskSets.some(({ deployment }) => deployment.taskDefinition === taskDefinitionArn)) return true;
    const tasks = await this.ecs.engine.tasks.list(scope, { where: { family, last_status: UNFINISHED } });
    return tasks.some((task) => task.definition.taskDefinitionArn === taskDefinitionArn);
  }
}
