import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/files.ts";
import type { RegistryLogin } from "../../compute/backend.ts";
import type { TaskRecord } from "../task-record.ts";
import { hasSecrets } from "./references.ts";

/** Values by name, by container. */
export type SecretsByContainer = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the secrets of a task were when it was launched. */
export interface TaskSecretValues {
  /** The containers' variables. */
  environment: SecretsByContainer;
  /** Options of their log drivers. */
  logOptions: SecretsByContainer;
}

const NONE: TaskSecretValues = { environment: {}, logOptions: {} };

/**
 * The values of the secrets of the tasks that live: in memory, and for the next process in files of the run folder that
 * only root reads. They are never in the data folder, nor in a task's record.
 */
export class TaskSecrets {
  private readonly folder: string | undefined;
  private readonly values = new Map<string, TaskSecretValues>();
  /** By task and container; not needed once the images are there. */
  private readonly logins = new Map<string, ReadonlyMap<string, RegistryLogin>>();

  /** @param folder of the run folder; without it the values end with this process */
  constructor(folder?: string) {
    this.folder = folder;
  }

  has(task: TaskRecord): boolean {
    return hasSecrets(task) && this.find(task.taskId) !== undefined;
  }

  of(task: TaskRecord): TaskSecretValues {
    return (hasSecrets(task) ? this.find(task.taskId) : undefined) ?? NONE;
  }

  keep(taskId: string, values: TaskSecretValues): void {
    if (this.folder !== undefined) {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeFileAtomic(this.path(taskId), JSON.stringify(values), 0o600);
    }
    this.values.set(taskId, values);
  }

  loginOf(taskId: string, containerName: string): RegistryLogin | undefined {
    return this.logins.get(taskId)?.get(containerName);
  }

  keepLogins(taskId: string, logins: ReadonlyMap<string, RegistryLogin>): void {
    this.logins.set(taskId, logins);
  }

  forgetLogins(taskId: string): void {
    this.logins.delete(taskId);
  }

  remove(taskId: string): void {
    this.forgetLogins(taskId);
    this.values.delete(taskId);
    if (this.folder !== undefined) rmSync(this.path(taskId), { force: true });
  }

  /** Removes what is left of other tasks than these, such as of a data folder that was put back from a backup. */
  keepOnly(taskIds: readonly string[]): void {
    if (this.folder === undefined || !existsSync(this.folder)) return;
    const kept = new Set(taskIds.map((taskId) => this.path(taskId)));
    for (const file of readdirSync(this.folder)) {
      const path = join(this.folder, file);
      if (!kept.has(path)) rmSync(path);
    }
  }

  private find(taskId: string): TaskSecretValues | undefined {
    const known = this.values.get(taskId);
    if (known || this.folder === undefined) return known;
    try {
      const saved = JSON.parse(readFileSync(this.path(taskId), "utf8")) as TaskSecretValues;
      this.values.set(taskId, saved);
      return saved;
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return undefined;
      throw cause;
    }
  }

  private path(taskId: string): string {
    return join(this.folder!, `${taskId}.json`);
  }
}
