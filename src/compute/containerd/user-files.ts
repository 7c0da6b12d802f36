import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { ImageViews } from "./image-views.ts";
import { resolveInRoot } from "./in-root.ts";
import type { UserFiles } from "./spec/user.ts";

const MAX_FILE_BYTES = 1024 * 1024;

/** Reads /etc/passwd and /etc/group of images, once per image: that takes a mount. */
export class UserFilesReader {
  private readonly views: ImageViews;
  private readonly read = new Map<string, Promise<UserFiles>>();

  constructor(views: ImageViews) {
    this.views = views;
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

  private async readFrom(chainId: string): Promise<UserFiles> {
    if (chainId === "") return { passwd: "", group: "" };
    return await this.views.look(chainId, async (root) => ({
      passwd: await readInRoot(root, "/etc/passwd"),
      group: await readInRoot(root, "/etc/group"),
    }));
  }
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
