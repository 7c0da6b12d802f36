import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { errnoOf } from "../base/errors.ts";
import type { Config } from "../config.ts";
import { masterKeyRemoval } from "../keyring/open-keyring.ts";
import { lockFile } from "./engine-lock.ts";

const SETTINGS_FILE = "neargate.json";

/** Where a detached engine's standard error goes. */
export function logFile(dataFolder: string): string {
  return join(dataFolder, "engine.log");
}

/** What may lie in a data folder before an engine ever ran on it. */
function isPreliminary(entry: string): boolean {
  return entry === SETTINGS_FILE || entry.startsWith("engine.log");
}

/** The folder cannot be an engine's. */
export class DataFolderError extends Error {
  override name = "DataFolderError";
}

/**
 * Makes the data folder.
 * @throws DataFolderError when it cannot be made, or holds files that are not Neargate's.
 */
export function prepareDataFolder(config: Config): void {
  const { dataFolder } = config;
  try {
    // Others may pass through, to what their parts below allow; they cannot look around.
    mkdirSync(dataFolder, { recursive: true, mode: 0o711 });
  } catch (cause) {
    throw new DataFolderError(
      `${dataFolder} cannot be made (${errnoOf(cause)}): choose a folder of yours with --data, or run as root`,
      { cause },
    );
  }
  const entries = readdirSync(dataFolder);
  if (entries.some((entry) => !isPreliminary(entry)) && !entries.includes(basename(lockFile(dataFolder))))
    throw new DataFolderError(`${dataFolder} holds files that are not Neargate's: choose an empty folder with --data`);
}

/** Whether an engine has left something in its data folder or on the host. */
export function hasState(config: Config): boolean {
  const lock = basename(lockFile(config.dataFolder));
  return entriesOf(config.dataFolder).some((entry) => entry !== lock && !isPreliminary(entry)) || hasLeftovers(config);
}

/** Whether something of an engine that does not run may still run: its run folder is removed after a full stop. */
export function hasLeftovers(config: Config): boolean {
  return entriesOf(config.runFolder).length > 0;
}

/**
 * Removes sockets and pid files; afterwards {@link hasLeftovers} is false.
 * @throws DataFolderError when a container's root is still mounted there
 */
export function removeRunFolder(config: Config): void {
  requireUnmounted(config.runFolder);
  rmSync(config.runFolder, { recursive: true, force: true });
}

/**
 * Empties the data folder but for its settings (and, with `keepLock`, what the running process has open in it), and
 * removes it when nothing is left. Its master key goes with it, if Neargate had made that.
 * @throws DataFolderError when something is still mounted in it: that is never deleted into.
 */
export function wipeDataFolder(config: Config, options: { keepLock: boolean }): void {
  const { dataFolder } = config;
  requireUnmounted(dataFolder);
  const removeMasterKey = masterKeyRemoval(config);
  const kept = [
    SETTINGS_FILE,
    ...(options.keepLock ? [lockFile(dataFolder), logFile(dataFolder)].map((path) => basename(path)) : []),
  ];
  for (const entry of entriesOf(dataFolder))
    if (!kept.includes(entry)) rmSync(join(dataFolder, entry), { recursive: true, force: true });
  if (entriesOf(dataFolder).length === 0) rmdirSync(dataFolder);
  removeMasterKey();
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return [];
    throw cause;
  }
}

/** Nothing is ever deleted into a mounted file system: it may be the root of a container that runs. */
function requireUnmounted(folder: string): void {
  const mounted = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) =>
      (line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    )
    .filter((path) => path.startsWith(folder + sep));
  if (mounted.length > 0) throw new DataFolderError(`${folder} is not removed: ${mounted.join(", ")} is still mounted`);
}
