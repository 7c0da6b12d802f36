import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { ensureDaemon, signalIfAlive } from "../../base/daemon.ts";
import { processesIn } from "./interface.ts";
import { namespacePath } from "./names.ts";

/** Where the processes of a resolver run. */
export interface Place {
  /** The name of their network namespace. */
  namespace: string;
  /** Their working directory. */
  folder: string;
}

/** A user without rights. */
export interface PlainUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Starts a program in the namespace and the folder, unless it runs. It outlives us.
 * @param name of its pid file and log
 */
export async function startInside(place: Place, name: string, program: string, args: string[]): Promise<void> {
  await ensureDaemon({
    // Not `ip netns exec`: its own mount namespace would keep every container's file system busy.
    program: "nsenter",
    args: [`--net=${namespacePath(place.namespace)}`, `--wd=${place.folder}`, program, ...args],
    pidFile: pidFileOf(place, name),
    logFile: join(place.folder, `${name}.log`),
  });
}

export function pidFileOf(place: Place, name: string): string {
  return join(place.folder, `${name}.pid`);
}

/** Ends processes of the resolver whose pid file was never written, or is lost. */
export async function endStrays(place: Place, program: string): Promise<void> {
  for (const pid of await processesIn(place.namespace))
    if (isInFolder(pid, place.folder) && commandLine(pid).includes(program)) signalIfAlive(pid, "SIGKILL");
}

function isInFolder(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, "") === folder;
  } catch {
    return false; // gone meanwhile
  }
}

function commandLine(pid: number): string[] {
  return (readIfThere(`/proc/${pid}/cmdline`) ?? "").split("\0");
}

/** The user that Debian's package makes, or else the one that every system has. */
export function unprivilegedUser(): PlainUser {
  const users = readIfThere("/etc/passwd")?.split("\n") ?? [];
  const line = ["unbound", "nobody"].flatMap((name) => users.filter((user) => user.startsWith(`${name}:`)))[0];
  const [name = "nobody", , uid = "65534", gid = "65534"] = line?.split(":") ?? [];
  return { name, uid: Number(uid), gid: Number(gid) };
}

export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
