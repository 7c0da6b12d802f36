import { run } from "../../base/command.ts";
import { inNamespace } from "./namespace.ts";

/** The part of `ip -json addr` that is read. */
export interface LinkAddresses {
  ifname: string;
  addr_info: { family: string; local: string; address?: string; prefixlen: number }[];
}

/** The part of `ip -json route` that is read. */
export interface Route {
  type?: string;
  dst: string;
  dev?: string;
  metric?: number;
}

/**
 * Runs lines of `ip` in one process, in the namespace at `path` or in the host's. Stops at the first that fails.
 * @throws CommandError
 */
export async function ipBatch(lines: readonly string[], path?: string): Promise<void> {
  if (!lines.length) return;
  const start = () => run("ip", ["-batch", "-"], { input: `${lines.join("\n")}\n` });
  await (path === undefined ? start() : inNamespace(path, start));
}

/** The answer of `ip -json` in the host's namespace, or in the one at `path`. */
export async function ipJson<T>(args: readonly string[], path?: string): Promise<T[]> {
  const start = () => run("ip", ["-json", "-4", ...args]);
  const { stdout } = await (path === undefined ? start() : inNamespace(path, start));
  return stdout.trim() ? (JSON.parse(stdout) as T[]) : [];
}
