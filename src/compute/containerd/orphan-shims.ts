import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { signalIfAlive } from "../../base/daemon.ts";

const PROGRAM = "containerd-shim-runc-v2";

/**
 * Kills the shims of a container that containerd knows nothing of. A creation whose client dies is taken back by
 * containerd, but a shim that it was just starting may stay: without its bundle it waits for ever, and as the socket of a
 * shim is named by its container, the next creation would wait with it. The shim of a whole task is named by the first of
 * its containers, so one that has processes stays.
 * @param id of a container that containerd has no task of
 */
export function killOrphanShims(namespace: string, id: string): void {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const [program = "", ...args] = commandLine(pid);
    const isShim = basename(program) === PROGRAM && !args.includes("delete");
    const isItsOwn = isShim && follows(args, "-namespace", namespace) && follows(args, "-id", id);
    if (isItsOwn && !pids.some((other) => parentOf(other) === pid)) signalIfAlive(Number(pid), "SIGKILL");
  }
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // it has ended
  }
}

function parentOf(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
  } catch {
    return undefined; // it has ended
  }
}

function follows(args: readonly string[], flag: string, value: string): boolean {
  const at = args.indexOf(flag);
  return at >= 0 && args[at + 1] === value;
}
