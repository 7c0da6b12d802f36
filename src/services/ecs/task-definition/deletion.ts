import { parseScopeKey } from "../../../base/scope.ts";
import { ReconcileLoop } from "../../../control/loop.ts";
import { placeOf, recordKey, storeChanges } from "../../../control/record-keys.ts";
import type { Change, Store } from "../../../store/store.ts";
import { UNFINISHED } from "../../../tasks/task-record.ts";
import type { Ecs } from "../ecs.ts";
import { versionsOf } from "../service/service-record.ts";
import type { TaskDefinitionRecord } from "../store.ts";

/** Tasks and services that end within this time are looked at together. */
const DEBOUNCE_MS = 1000;
const DELETING = "DELETE_IN_PROGRESS";

/** Removes the task definitions whose deletion was asked for, once no task and no service uses them. */
export function definitionDeleter(ecs: Ecs, store: Store): ReconcileLoop {
  const { definitions, services, taskSets } = ecs.store;
  /** The keys of those that wait for their last user. */
  const waiting = new Set<string>();
  const concerned = ({ collection, kind, scope, id, values }: Change): Iterable<string> => {
    if (collection === definitions.name)
      return kind === "put" && values["status"] === DELETING ? [recordKey({ scope, id })] : [];
    const mayFree =
      collection === services.name ||
      collection === taskSets.name ||
      (collection === ecs.engine.tasks.name && values["last_status"] === "STOPPED");
    return mayFree ? waiting : [];
  };
  return new ReconcileLoop({
    name: "ecs-task-definition-deletion",
    clock: ecs.clock,
    log: ecs.log,
    debounceMs: DEBOUNCE_MS,
    sources: [storeChanges(store, concerned)],
    unfinished: async () => (await definitions.listAll({ where: { status: DELETING } })).map(recordKey),
    async reconcile(key) {
      // What frees it from now on wakes it again.
      waiting.add(key);
      if (!(await isInUse(ecs, key))) waiting.delete(key);
      return undefined;
    },
  });
}

/** Deletes a definition that is to be deleted, unless something uses it. @returns whether something does */
function isInUse(ecs: Ecs, key: string): Promise<boolean> {
  const { scope, id } = placeOf(key);
  return ecs.transaction(async () => {
    const found = await ecs.store.definitions.get(scope, id);
    if (found?.definition.status !== DELETING) return false;
    if (await hasUsers(ecs, scope, found)) return true;
    await ecs.store.definitions.delete(scope, id);
    return false;
  });
}

async function hasUsers(ecs: Ecs, scope: string, { definition }: TaskDefinitionRecord): Promise<boolean> {
  const { family, taskDefinitionArn } = definition;
  const services = await ecs.store.services.list(scope, { where: { status: ["ACTIVE", "DRAINING"] } });
  if (services.some((service) => versionsOf(service).some((one) => one.taskDefinition === taskDefinitionArn)))
    return true;
  const taskSets = await ecs.store.taskSets.list(scope);
  if (taskSets.some(({ deployment }) => deployment.taskDefinition === taskDefinitionArn)) return true;
  const tasks = await ecs.engine.tasks.list(parseScopeKey(scope), { where: { family, last_status: UNFINISHED } });
  return tasks.some((task) => task.definition.taskDefinitionArn === taskDefinitionArn);
}
