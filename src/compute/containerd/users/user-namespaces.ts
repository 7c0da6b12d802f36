import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KeyedQueue } from "../../../base/keyed-queue.ts";
import { dropNamespace, keepNamespace, withNewNamespaces } from "../../../base/new-namespaces.ts";
import { isNamespace } from "../../../network/linux/namespace.ts";
import type { UserNamespace } from "../../backend.ts";
import { IDS_PER_TASK, type Ranges } from "./id-ranges.ts";

/**
 * The user namespaces of tasks, each with a range of the host's ids of its own, mounted at a file named like the task so
 * that they last. Every method may be repeated, after a crash at any point too.
 */
export class UserNamespaces {
  private readonly folder: string;
  private readonly ranges: Ranges;
  private readonly queue = new KeyedQueue();

  constructor(folder: string, ranges: Ranges) {
    this.folder = folder;
    this.ranges = ranges;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Whether a task has one, or the beginnings of one. */
  has(taskId: string): boolean {
    return this.ranges.find(taskId) !== undefined;
  }

  /**
   * Makes a task's namespace unless it is there, and with it a network namespace that belongs to it, beside it at `.net`:
   * that takes no time more.
   * @throws Error when the kernel refuses
   */
  ensure(taskId: string): Promise<UserNamespace> {
    return this.queue.run(taskId, () => this.ensureNow(taskId));
  }

  private async ensureNow(taskId: string): Promise<UserNamespace> {
    const firstId = this.ranges.claim(taskId);
    const path = join(this.folder, taskId);
    if (!isNamespace(path)) {
      this.drop(path); // what a crash left
      await withNewNamespaces(["unshare", "--user", "--net", "cat"], (pid) => {
        for (const map of ["uid_map", "gid_map"]) writeFileSync(`/proc/${pid}/${map}`, `0 ${firstId} ${IDS_PER_TASK}`);
        keepNamespace(`/proc/${pid}/ns/net`, `${path}.net`);
        keepNamespace(`/proc/${pid}/ns/user`, path);
      });
    }
    return { path, firstId };
  }

  /** Takes it away; nothing of the task may run any more. */
  remove(taskId: string): void {
    this.drop(join(this.folder, taskId));
    this.ranges.release(taskId); // at last: until then nobody else may have the ids
  }

  /** Takes all away: what is left of tasks that nobody knows any more. */
  removeAll(): void {
    const taskIds = [...readdirSync(this.folder).map((name) => name.replace(".net", "")), ...this.ranges.taskIds()];
    for (const taskId of new Set(taskIds)) this.remove(taskId);
  }

  private drop(path: string): void {
    dropNamespace(`${path}.net`);
    dropNamespace(path);
  }
}
