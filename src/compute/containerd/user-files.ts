import { constants } from "node:fs";
import { lstat, mkdir, open, readlink, readdir, rmdir } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import type { Mount } from "../../../generated/containerd/types/mount_pb.ts";
import { run } from "../../base/command.ts";
import { errnoOf } from "../../base/errors.ts";
import { SNAPSHOTTER, unlessNotFound, type ContainerdClient } from "./client.ts";
import type { UserFiles } from "./spec/user.ts";

const VIEW_PREFIX = "neargate-view-";
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_LINKS = 40;

/** Reads /etc/passwd and /etc/group of images, once per image: that takes a mount. */
export class UserFilesReader {
  private readonly client: ContainerdClient;
  private readonly folder: string;
  private readonly read = new Map<string, Promise<UserFiles>>();

  /** Images are mounted below `folder` while they are read. */
  constructor(client: ContainerdClient, folder: string) {
    this.client = client;
    this.folder = folder;
  }

  /** The files of the image that is unpacked as `chainId`. */
  of(chainId: string): Promise<UserFiles> {
    const known = this.read.get(chainId);
    if (known) return known;
    const reading = this.readFrom(chainId);
    this.read.set(chainId, reading);
    reading.catch(() => this.read.delete(chainId));
    return reading;
  }

  /** Unmounts and removes what a process left that died while it read. */
  async removeStale(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names) await this.removeView(name);
  }

  private async readFrom(chainId: string): Promise<UserFiles> {
    if (chainId === "") return { passwd: "", group: "" };
    const name = `${VIEW_PREFIX}${randomUUID()}`;
    const mountPoint = join(this.folder, name);
    await mkdir(mountPoint, { recursive: true, mode: 0o700 });
    try {
      const labels = { "containerd.io/gc.root": "neargate" };
      const { mounts } = await this.client.snapshots.view({
        snapshotter: SNAPSHOTTER,
        key: name,
        parent: chainId,
        labels,
      });
      await mountReadOnly(mounts[0]!, mountPoint);
      return { passwd: await readInRoot(mountPoint, "/etc/passwd"), group: await readInRoot(mountPoint, "/etc/group") };
    } finally {
      await this.removeView(name);
    }
  }

  private async removeView(name: string): Promise<void> {
    const mountPoint = join(this.folder, name);
    await run("umount", ["-l", mountPoint]).catch(() => {}); // not mounted
    await rmdir(mountPoint).catch(() => {});
    await unlessNotFound(this.client.snapshots.remove({ snapshotter: SNAPSHOTTER, key: name }));
  }
}

/**
 * Mounts a snapshot's view. The kernel takes at most a page of options, so the layers are named relative to their
 * common folder.
 */
async function mountReadOnly(mount: Mount, mountPoint: string): Promise<void> {
  if (mount.type !== "overlay") {
    await run("mount", ["--bind", "-o", "ro", mount.source, mountPoint]);
    return;
  }
  const lower = mount.options
    .find((option) => option.startsWith("lowerdir="))!
    .slice("lowerdir=".length)
    .split(":");
  const cwd = dirname(dirname(lower[0]!));
  const relative = lower.map((path) => path.slice(cwd.length + 1)).join(":");
  await run("mount", ["-t", "overlay", "-o", `ro,lowerdir=${relative}`, "overlay", mountPoint], { cwd });
}

/**
 * Reads a small file of an image; links in it are followed as they would be inside the container, never out of it.
 * Empty when there is none.
 */
export async function readInRoot(root: string, path: string): Promise<string> {
  const found = await resolveInRoot(root, path);
  if (found === undefined) return "";
  const file = await open(found, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, MAX_FILE_BYTES)), 0);
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
}

async function resolveInRoot(root: string, path: string): Promise<string | undefined> {
  const pending = path.split("/");
  let resolved: string[] = [];
  for (let links = 0; pending.length > 0;) {
    const part = pending.shift()!;
    if (part === "" || part === ".") continue;
    if (part === "..") {
      resolved.pop();
      continue;
    }
    const here = join(root, ...resolved, part);
    const stat = await lstat(here).catch((cause: unknown) => {
      if (errnoOf(cause) === "ENOENT" || errnoOf(cause) === "ENOTDIR") return undefined;
      throw cause;
    });
    if (!stat) return undefined;
    if (!stat.isSymbolicLink()) {
      if (pending.length === 0 && !stat.isFile()) return undefined;
      resolved.push(part);
      continue;
    }
    if (++links > MAX_LINKS) return undefined;
    const target = await readlink(here);
    if (target.startsWith("/")) resolved = [];
    pending.unshift(...target.split("/"));
  }
  return resolved.length > 0 ? join(root, ...resolved) : undefined;
}
