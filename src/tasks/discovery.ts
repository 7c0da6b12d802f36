import type { TaskPresence, TaskRecord } from "./task-record.ts";

/** How a task is found by others, and finds them: Cloud Map and Service Connect. The ECS service provides it. */
export interface TaskDiscovery {
  /**
   * Takes up what an earlier engine left: proxies, endpoints, and instances that no task stands behind.
   * @param unfinished all tasks that have not ended
   */
  start(unfinished: readonly TaskRecord[]): Promise<void>;
  /** Lets go; proxies run on. */
  stop(): Promise<void>;
  /** Enters the task's instances, with its health, or takes them out. Joins the caller's transaction; may be repeated. */
  announce(task: TaskRecord, presence: TaskPresence): Promise<void>;
  /** Resolves when the proxies of all who dial the task know what was announced last. */
  spread(task: TaskRecord): Promise<void>;
  /** Makes the task's Service Connect proxy accept connections; may be repeated. */
  ensureProxy(task: TaskRecord): Promise<void>;
  /** Ends it; nothing happens when there is none. */
  removeProxy(task: TaskRecord): Promise<void>;
}
