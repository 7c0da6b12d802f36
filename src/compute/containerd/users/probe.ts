import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { appendFile, chown, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../../../base/command.ts";
import { messageOf } from "../../../base/errors.ts";
import { mountMapped, unmountAll } from "./kernel.ts";
import { UserNamespaces } from "./user-namespaces.ts";

/** What the folders of probes begin with; the process id follows. */
const PROBE = "user-namespace-probe-";
const PROBE_TIMEOUT_MS = 10_000;
/** It is given to nobody: the first after the ranges of tasks. */
const PROBE_FIRST_ID = 0x7ffe_0000;
/** Those before it do not open the sources of mounts for a container that may not. */
const OLDEST_RUNC = [1, 1];

/** User namespaces cannot be had on this machine; the message says why. */
export class UserNamespaceError extends Error {
  override name = "UserNamespaceError";
}

/**
 * Tries what a task in a user namespace needs: the namespace, an overlay whose layers are shown with its ids, and file
 * systems of the kernel mounted inside.
 * @param dataFolder where images and disks are, or a folder of the same file system
 * @throws UserNamespaceError
 */
export async function probeUserNamespaces(dataFolder: string): Promise<void> {
  const folder = join(dataFolder, `${PROBE}${process.pid}`);
  try {
    await requireRunc();
    for (const name of readdirSync(dataFolder)) if (isStale(name)) removeProbe(join(dataFolder, name));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { path, firstId } = await probeUsers(folder).ensure("probe");
    await tryOverlay(folder, path, firstId);
    await tryKernelMounts(path);
  } catch (cause) {
    if (cause instanceof UserNamespaceError) throw cause;
    throw new UserNamespaceError(messageOf(cause), { cause });
  } finally {
    removeProbe(folder);
  }
}

function probeUsers(folder: string): UserNamespaces {
  return new UserNamespaces(join(folder, "users"), probeRange);
}

/** Whether it is the folder of a probe whose process was killed. */
function isStale(name: string): boolean {
  if (!name.startsWith(PROBE)) return false;
  const pid = Number(name.slice(PROBE.length));
  return pid === process.pid || !existsSync(`/proc/${pid}`);
}

function removeProbe(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of ["merged", "shown"]) unmountAll(join(folder, name));
  probeUsers(folder).remove("probe");
  rmSync(folder, { recursive: true });
}

const probeRange = {
  claim: () => PROBE_FIRST_ID,
  find: () => PROBE_FIRST_ID,
  release: () => {},
  taskIds: () => [],
};

async function requireRunc(): Promise<void> {
  const { stdout } = await run("runc", ["--version"], { timeoutMs: PROBE_TIMEOUT_MS });
  const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
  if (major < OLDEST_RUNC[0]! || (major === OLDEST_RUNC[0] && minor < OLDEST_RUNC[1]!))
    throw new UserNamespaceError(`runc ${major}.${minor} is too old: at least ${OLDEST_RUNC.join(".")} is needed`);
}

async function tryOverlay(folder: string, userNamespace: string, firstId: number): Promise<void> {
  const place = (name: string) => join(folder, name);
  for (const name of ["lower", "shown", "upper", "work", "merged"]) mkdirSync(place(name));
  await chown(place("upper"), firstId, firstId);
  await writeFile(place("lower/file"), "from the image");
  mountMapped(place("lower"), place("shown"), userNamespace);
  // Relative paths: those of the data folder may hold what separates options.
  const layers = "lowerdir=shown,upperdir=upper,workdir=work";
  await run("mount", ["-t", "overlay", "overlay", "-o", layers, place("merged")], { cwd: folder });
  await appendFile(place("merged/file"), ", changed");
  const { uid } = await stat(place("upper/file"));
  if (uid !== firstId) throw new UserNamespaceError(`an overlay gave a file to user ${uid}, not ${firstId}`);
}

/** In a container, as which the engine may run itself, they may be refused. */
async function tryKernelMounts(userNamespace: string): Promise<void> {
  const inside = [
    "unshare",
    "--net",
    "--ipc",
    "--pid",
    "--fork",
    "--mount-proc",
    "mount",
    "-t",
    "sysfs",
    "sysfs",
    "/sys",
  ];
  await run("nsenter", [`--user=${userNamespace}`, ...inside], { cwd: "/", timeoutMs: PROBE_TIMEOUT_MS });
}

/**
 * Lets the root of user namespaces, which is nobody on the host, find the way to its containers' folders; what else is
 * there is shut by itself, and nothing can be listed.
 * @param runFolder the engine's
 * @param stateFolder where containerd has the folders of containers
 * @throws UserNamespaceError when somebody else's folder is in the way
 */
export function openWayTo(runFolder: string, stateFolder: string): void {
  const own = dirname(runFolder) === "/run/neargate" ? [dirname(runFolder), runFolder] : [runFolder];
  mkdirSync(runFolder, { recursive: true });
  for (const folder of own) chmodSync(folder, 0o711);
  for (let folder = stateFolder; folder !== "/"; folder = dirname(folder))
    if (!isPassable(folder))
      throw new UserNamespaceError(`${folder} is shut to other users than root, and containers are below it`);
}

function isPassable(folder: string): boolean {
  return (statSync(folder).mode & 0o001) !== 0;
}
