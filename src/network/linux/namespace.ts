import { closeSync, openSync, readFileSync, statfsSync, writeFileSync } from "node:fs";
import koffi from "koffi";
import { errnoOf } from "../../base/errors.ts";

const CLONE_NEWNET = 0x40000000;
const NSFS_MAGIC = 0x6e736673;

const libc = koffi.load("libc.so.6");
const setns = libc.func("int setns(int fd, int nstype)") as (fd: number, type: number) => number;
const ifNameToIndex = libc.func("unsigned int if_nametoindex(const char *name)") as (name: string) => number;

/** The namespace that this process was started in. */
let home: number | undefined;

/**
 * Runs `work` with this thread in another network namespace: sockets opened and programs started by it belong there.
 * `work` must be done when it returns, apart from child processes, and must not begin asynchronous file work: a libuv
 * thread that is started meanwhile would stay there.
 * @throws Error when the namespace does not exist
 */
export function inNamespace<T>(path: string, work: () => T): T {
  home ??= openSync("/proc/thread-self/ns/net", "r");
  const target = openSync(path, "r");
  try {
    if (setns(target, CLONE_NEWNET) !== 0) throw new Error(`cannot enter ${path}: errno ${koffi.errno()}`);
  } finally {
    closeSync(target);
  }
  try {
    return work();
  } finally {
    // Going on in a wrong namespace would open the API inside a VPC.
    if (setns(home, CLONE_NEWNET) !== 0) process.abort();
  }
}

/** Whether there is a living namespace at the path; a file that a crash left behind is none. */
export function isNamespace(path: string): boolean {
  try {
    return statfsSync(path).type === NSFS_MAGIC;
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return false;
    throw cause;
  }
}

/** Whether the namespace has a network device of that name. */
export function hasDevice(path: string, device: string): boolean {
  return inNamespace(path, () => ifNameToIndex(device) !== 0);
}

/** The network devices of the namespace. */
export function listDevices(path: string): string[] {
  const table = inNamespace(path, () => readFileSync("/proc/thread-self/net/dev", "utf8"));
  return [...table.matchAll(/^\s*([^\s:]+):/gm)].map((match) => match[1]!);
}

/** Sets kernel parameters below `net/` in the namespace, in the order given. */
export function setParameters(path: string, parameters: Record<string, string>): void {
  inNamespace(path, () => {
    for (const [name, value] of Object.entries(parameters)) writeFileSync(`/proc/sys/net/${name}`, value);
  });
}
