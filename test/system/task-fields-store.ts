import { join } from "node:path";
import { createLogger } from "../../src/base/log.ts";
import { sqliteDialect } from "../../src/store/sqlite.ts";
import { Store } from "../../src/store/store.ts";
import { TaskStore } from "../../src/tasks/task-store.ts";

/**
 * Has the containers of a task have run for longer than they did: a restart policy looks at that, and its least period
 * is a minute. The engine must not run.
 * @param ms how much longer
 */
export async function ageContainers(dataFolder: string, taskArn: string, ms: number): Promise<void> {
  const store = new Store(sqliteDialect(join(dataFolder, "state.db")), createLogger("silent"));
  const tasks = new TaskStore(store);
  await store.open();
  const [task] = (await tasks.listAll({})).map(({ document }) => document).filter((one) => one.taskArn === taskArn);
  await tasks.update(task!.scope, task!.taskId, (current) => ({
    ...current,
    containers: current.containers.map((container) => ({
      ...container,
      ...(container.startedAt ? { startedAt: new Date(container.startedAt.getTime() - ms) } : {}),
    })),
  }));
  await store.close();
}
