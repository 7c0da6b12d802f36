import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import type { BlobFile } from "./image-source.ts";

/**
 * Blobs as files, `blobs/sha256/HEX`, once for all repositories, and unfinished uploads beside them on the same file
 * system. A file below `blobs` is always whole: it comes there by renaming.
 */
export class BlobFiles {
  private readonly blobFolder: string;
  private readonly uploadFolder: string;

  /** @param folder the registry's part of the data folder */
  constructor(folder: string) {
    this.blobFolder = join(folder, "blobs", "sha256");
    this.uploadFolder = join(folder, "uploads");
  }

  /** Makes the folders and removes what uploads left behind at a crash. */
  async open(): Promise<void> {
    await mkdir(this.blobFolder, { recursive: true, mode: 0o700 });
    await rm(this.uploadFolder, { recursive: true, force: true });
    await mkdir(this.uploadFolder, { recursive: true, mode: 0o700 });
  }

  /** Where an upload is written. */
  uploadPath(id: string): string {
    return join(this.uploadFolder, id);
  }

  async find(digest: string): Promise<BlobFile | undefined> {
    const path = this.path(digest);
    try {
      return { path, size: (await stat(path)).size };
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return undefined;
      throw cause;
    }
  }

  /** Takes a verified and synced file in as the blob; durable when it returns. */
  async adopt(file: string, digest: string): Promise<void> {
    await rename(file, this.path(digest));
    const folder = await open(this.blobFolder);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async remove(digest: string): Promise<void> {
    await rm(this.path(digest), { force: true });
  }

  /** The digests of all blobs. */
  async list(): Promise<string[]> {
    return (await readdir(this.blobFolder)).map((name) => `sha256:${name}`);
  }

  private path(digest: string): string {
    return join(this.blobFolder, digest.slice("sha256:".length));
  }
}
