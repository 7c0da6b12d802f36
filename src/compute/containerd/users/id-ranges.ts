import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../../base/errors.ts";

/** How many ids a task has: all that images use, but for a few odd ones. */
export const IDS_PER_TASK = 65_536;

/** Of all engines of the host. */
export const ID_RANGES = "/run/neargate/id-ranges";

/**
 * Where the ranges are: above all that systemd, useradd and /etc/subuid give out, and below what systemd leaves alone for
 * programs that take ids for signed numbers: https://systemd.io/UIDS-GIDS/
 */
const FIRST = 0x7000_0000;
const COUNT = 4094;

/** Gives tasks ranges of ids; {@link IdRanges} says how. */
export type Ranges = Pick<IdRanges, "claim" | "find" | "release" | "taskIds">;

/**
 * Which task of which engine has which range of ids: a link each, named like the range, made exclusively, that says whose
 * it is. They are gone after a reboot, as the tasks are.
 */
export class IdRanges {
  private readonly folder: string;
  private readonly instance: string;
  /** By task; read once, as no other process of this engine makes any. */
  private owned: Map<string, number> | undefined;

  /** @param folder shared by all engines of the host */
  constructor(instance: string, folder = ID_RANGES) {
    this.instance = instance;
    this.folder = folder;
  }

  /**
   * Gives a task a range that no other has; always the same until it is released.
   * @returns its first id
   * @throws Error when all are taken
   */
  claim(taskId: string): number {
    const owned = this.find(taskId);
    if (owned !== undefined) return owned;
    mkdirSync(this.folder, { recursive: true });
    const start = createHash("sha256").update(taskId).digest().readUInt32LE(0);
    for (let tried = 0; tried < COUNT; tried++) {
      const first = FIRST + ((start + tried) % COUNT) * IDS_PER_TASK;
      if (!this.take(first, taskId)) continue;
      this.claims.set(taskId, first);
      return first;
    }
    throw new Error(`all ${COUNT} ranges of ids of this host are taken (${this.folder})`);
  }

  /** The first id of the task's range; `undefined` when it has none. */
  find(taskId: string): number | undefined {
    return this.claims.get(taskId);
  }

  /** Gives it back; may be repeated. */
  release(taskId: string): void {
    const first = this.claims.get(taskId);
    if (first === undefined) return;
    rmSync(join(this.folder, String(first)), { force: true });
    this.claims.delete(taskId);
  }

  /** The tasks of this engine that have one. */
  taskIds(): string[] {
    return [...this.claims.keys()];
  }

  private take(first: number, taskId: string): boolean {
    try {
      symlinkSync(`${this.instance}/${taskId}`, join(this.folder, String(first)));
      return true;
    } catch (cause) {
      if (errnoOf(cause) === "EEXIST") return false;
      throw cause;
    }
  }

  private get claims(): Map<string, number> {
    return (this.owned ??= this.read());
  }

  private read(): Map<string, number> {
    const owners = this.names().map((name) => ({ name, owner: this.ownerOf(name).split("/") }));
    const own = owners.filter(({ owner: [instance] }) => instance === this.instance);
    return new Map(own.map(({ name, owner: [, taskId = ""] }) => [taskId, Number(name)]));
  }

  private ownerOf(name: string): string {
    try {
      return readlinkSync(join(this.folder, name));
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return ""; // given back meanwhile
      throw cause;
    }
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder);
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return [];
      throw cause;
    }
  }
}
