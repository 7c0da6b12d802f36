import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { logFile, prepareDataFolder } from "../admin/data-folder.ts";
import type { Config } from "../config.ts";
import type { StartMessage } from "../main.ts";

const ENGINE = fileURLToPath(new URL("../main.ts", import.meta.url));
/** Beside the packages: whoever may write there may change the code itself. Not writable, it is left out. */
const COMPILED = fileURLToPath(new URL("../../node_modules/.cache/neargate/compiled", import.meta.url));
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;
const TAIL_LINES = 15;
/** A small young generation: the engine is at rest most of the time, and its memory is the host's. */
const NODE_FLAGS = ["--max-semi-space-size=2"];
/** So that glibc gives back what was freed: threads' own arenas and a growing threshold keep a third more resident. */
const MALLOC = { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "131072" };

/**
 * Starts an engine that outlives this process and resolves when it answers.
 * @param flags the settings as they were typed
 * @throws Error with the reason and the end of the log when it could not start
 */
export async function startDetached(
  config: Config,
  flags: string[],
): Promise<Exclude<StartMessage, { error: string }>> {
  prepareDataFolder(config);
  const log = logFile(config.dataFolder);
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) renameSync(log, `${log}.1`);
  const fd = openSync(log, "a", 0o600);
  const from = statSync(log).size;
  const child = spawn(process.execPath, [...NODE_FLAGS, ENGINE, ...flags], {
    detached: true,
    stdio: ["ignore", fd, fd, "ipc"],
    // Compiled once: a quarter less memory, and a start in half the time.
    env: { ...process.env, ...MALLOC, NODE_COMPILE_CACHE: COMPILED },
  });
  closeSync(fd);
  const message = await new Promise<StartMessage>((resolve, reject) => {
    child.once("message", (received) => resolve(received as StartMessage));
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      resolve({ error: `the engine's process ended (${signal ?? `exit code ${code}`})` }),
    );
  });
  if ("error" in message) throw new Error(`${message.error}${tailOf(log, from)}`);
  child.disconnect();
  child.unref();
  return message;
}

/** The last lines of the log since `from`, made readable. */
function tailOf(log: string, from: number): string {
  const lines = readFileSync(log).subarray(from).toString().trimEnd().split("\n").filter(Boolean);
  if (lines.length === 0) return "";
  return `\n\nThe end of ${log}:\n${lines.slice(-TAIL_LINES).map(readable).join("\n")}`;
}

interface LogLine {
  level?: number;
  time?: string;
  msg?: string;
  err?: { message?: string };
}

function readable(line: string): string {
  try {
    const { time, msg, err } = JSON.parse(line) as LogLine;
    return `  ${time ?? ""} ${msg ?? ""}${err?.message ? `: ${err.message}` : ""}`;
  } catch {
    return `  ${line}`; // not ours: Node's own last words
  }
}
