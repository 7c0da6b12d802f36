import type { Clock } from "../base/clock.ts";
import { failpoint } from "../base/failpoint.ts";
import type { Logger } from "../base/log.ts";
import type { TaskDiscovery } from "./discovery.ts";
import type { TaskPresence, TaskRecord } from "./task-record.ts";
import type { TaskStore } from "./task-store.ts";

export interface AnnouncerParts {
  store: TaskStore;
  discovery: TaskDiscovery;
  clock: Clock;
  log: Logger;
}

/** How long a task that stops waits for those who dial it to know: a proxy that hangs must not keep it. */
const SPREAD_MS = 5000;

/** Tells the world as what a task is to be found. A directory that fails keeps no task from running or stopping. */
export class Announcer {
  private readonly parts: AnnouncerParts;

  constructor(parts: AnnouncerParts) {
    this.parts = parts;
  }

  /** Announces the task, together with the record of it. @returns whether it worked */
  async announce(task: TaskRecord, presence: TaskPresence): Promise<boolean> {
    if (!task.registrations?.length || task.presence === presence) return true;
    const { store, discovery, log } = this.parts;
    try {
      await store.transaction(async () => {
        await discovery.announce(task, presence);
        await store.update(task.scope, task.taskId, (current) => ({ ...current, presence }));
      });
      failpoint("task.announced");
      return true;
    } catch (err) {
      log.warn({ err, presence }, "the task could not be announced");
      return false;
    }
  }

  /** Takes the task out of where others find it, and gives them the time to hear of it. */
  async leave(task: TaskRecord): Promise<void> {
    if (!(await this.announce(task, "LEFT"))) return;
    const { discovery, clock, log } = this.parts;
    const late = new AbortController();
    await Promise.race([
      discovery.spread(task).catch((err: unknown) => log.warn({ err }, "not all who dial a task know that it stops")),
      clock.sleep(SPREAD_MS, late.signal).then(
        () => log.warn("a task stops before all who dial it know"),
        () => {},
      ),
    ]).finally(() => late.abort());
  }
}
