import { CommandError, run } from "../../base/command.ts";
import { inNamespace } from "./namespace.ts";

/** The IP version, as `ip` takes it. */
export type IpVersion = 4 | 6;

/** The part of `ip -json addr` that is read. */
export interface LinkAddresses {
  ifname: string;
  addr_info: { family: string; local: string; address?: string; prefixlen: number; scope?: string }[];
}

/** The part of `ip -json route` that is read. */
export interface Route {
  type?: string;
  /** `default`, an address or a CIDR block. */
  dst: string;
  gateway?: string;
  dev?: string;
  metric?: number;
  /** Absent for the main table. */
  table?: string;
  protocol?: string;
}

/** The part of `ip -json rule` that is read. */
export interface RoutingRule {
  priority: number;
  /** `all`, or an address. */
  src: string;
  srclen?: number;
  iif?: string;
  table?: string;
}

/** The part of `ip -json neighbour show proxy` that is read. */
export interface ProxyNeighbour {
  dst: string;
  dev: string;
}

/**
 * Runs lines of `ip` in one process, in the namespace at `path` or in the host's. Stops at the first that fails.
 * @param version what is meant by lines that do not tell: IPv4 unless told
 * @throws CommandError
 */
export async function ipBatch(lines: readonly string[], path?: string, version: IpVersion = 4): Promise<void> {
  if (!lines.length) return;
  const options = version === 6 ? ["-6"] : [];
  const start = () => run("ip", [...options, "-batch", "-"], { input: `${lines.join("\n")}\n` });
  await (path === undefined ? start() : inNamespace(path, start));
}

/** Runs a line of `ip` that deletes something of the host, which may have gone already, or with its device. */
export async function ipDelete(line: string, version?: IpVersion): Promise<void> {
  await ipBatch([line], undefined, version).catch((err: unknown) => {
    if (!(err instanceof CommandError && /No such process|Cannot find device/.test(err.stderr))) throw err;
  });
}

/** The answer of `ip -json` in the host's namespace, or in the one at `path`. */
export async function ipJson<T>(args: readonly string[], path?: string, version: IpVersion = 4): Promise<T[]> {
  const start = () => run("ip", ["-json", `-${version}`, ...args]);
  const { stdout } = await (path === undefined ? start() : inNamespace(path, start));
  return stdout.trim() ? (JSON.parse(stdout) as T[]) : [];
}
