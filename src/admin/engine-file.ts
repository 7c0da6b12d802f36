import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, messageOf } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { Config } from "../config.ts";

/**
 * What a data folder tells of its engine: written when it answers, removed when it and its tasks are stopped. It stays
 * behind after a crash and when tasks are kept, and then says how to start the engine that they belong to.
 */
export interface EngineFile {
  version: string;
  pid: number;
  endpoint: string;
  /** ISO 8601. */
  startedAt: string;
  config: Config;
}

function pathOf(dataFolder: string): string {
  return join(dataFolder, "engine.json");
}

export function writeEngineFile(content: EngineFile): void {
  writeFileAtomic(pathOf(content.config.dataFolder), `${JSON.stringify(content, null, 2)}\n`);
}

/** What is said to a user who may not look at an engine. */
export function engineOfAnother(cause: unknown): Error {
  return new Error("the engine belongs to another user: run this command as that user, or with sudo", { cause });
}

/** @throws Error when the engine is another user's, and naming the file when it cannot be read or is damaged */
export function readEngineFile(dataFolder: string): EngineFile | undefined {
  let text: string;
  try {
    text = readFileSync(pathOf(dataFolder), "utf8");
  } catch (cause) {
    const errno = errnoOf(cause) ?? "";
    if (["ENOENT", "ENOTDIR"].includes(errno)) return undefined;
    if (["EACCES", "EPERM"].includes(errno)) throw engineOfAnother(cause);
    throw new Error(`${pathOf(dataFolder)} cannot be read: ${messageOf(cause)}`, { cause });
  }
  try {
    return JSON.parse(text) as EngineFile;
  } catch (cause) {
    throw new Error(`${pathOf(dataFolder)} is damaged (${messageOf(cause)}): remove it, and start the engine anew`, {
      cause,
    });
  }
}

export function removeEngineFile(dataFolder: string): void {
  rmSync(pathOf(dataFolder), { force: true });
}
