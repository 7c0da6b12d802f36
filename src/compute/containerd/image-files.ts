import { constants } from "node:fs";
import { lstat, open, opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ImageViews } from "./image-views.ts";
import { resolveInRoot } from "./in-root.ts";
import type { UserFiles } from "./spec/user.ts";

const MAX_FILE_BYTES = 1024 * 1024;

/** What is asked of an image before its containers are made. */
export interface ImageFiles extends UserFiles {
  /** Its /tmp, also when it has none; absent when that is no folder or has something in it. */
  emptyTmp?: FolderOwner;
}

interface FolderOwner {
  mode: number;
  uid: number;
  gid: number;
}

const NEW_TMP: FolderOwner = { mode: 0o1777, uid: 0, gid: 0 };

/** Looks into images, once into each: that takes a mount. */
export class ImageFilesReader {
  private readonly views: ImageViews;
  private readonly read = new Map<string, Promise<ImageFiles>>();

  constructor(views: ImageViews) {
    this.views = views;
  }

  /** The files of the image that is unpacked as `chainId`. */
  of(chainId: string): Promise<ImageFiles> {
    const known = this.read.get(chainId);
    if (known) return known;
    const reading = this.readFrom(chainId);
    this.read.set(chainId, reading);
    reading.catch(() => this.read.delete(chainId));
    return reading;
  }

  private async readFrom(chainId: string): Promise<ImageFiles> {
    if (chainId === "") return { passwd: "", group: "", emptyTmp: NEW_TMP };
    return await this.views.look(chainId, async (root) => ({
      passwd: await readInRoot(root, "/etc/passwd"),
      group: await readInRoot(root, "/etc/group"),
      ...(await emptyTmp(root)),
    }));
  }
}

async function emptyTmp(root: string): Promise<Pick<ImageFiles, "emptyTmp">> {
  const found = await resolveInRoot(root, "/tmp", "folder");
  if (found === undefined) return (await exists(join(root, "tmp"))) ? {} : { emptyTmp: NEW_TMP };
  if (found !== join(root, "tmp") || !(await isEmpty(found))) return {};
  const { mode, uid, gid } = await stat(found);
  return { emptyTmp: { mode: mode & 0o7777, uid, gid } };
}

async function isEmpty(folder: string): Promise<boolean> {
  const entries = await opendir(folder);
  try {
    return (await entries.read()) === null;
  } finally {
    await entries.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Reads a small file of an image; links in it are followed as they would be inside the container, never out of it.
 * Empty when there is none.
 */
export async function readInRoot(root: string, path: string): Promise<string> {
  const found = await resolveInRoot(root, path, "file");
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
