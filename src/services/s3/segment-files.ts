import { createCipheriv, createDecipheriv, randomBytes, type Cipheriv } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, mkdir, open, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/files.ts";
import type { Segment } from "./store.ts";

const CIPHER = "aes-256-ctr";
const KEY_BYTES = 32;
const BLOCK = 16;
const READ_BYTES = 256 * 1024;

/**
 * The files that objects' bytes lie in, each written once and encrypted with AES-256 under a key in the data folder, as
 * SSE-S3 does: what is left of a deleted file on the disk, or a copy of the files alone, says nothing.
 */
export class SegmentFiles {
  private readonly folder: string;
  private readonly keyFile: string;
  private key: Buffer | undefined;

  /** @param folder S3's part of the data folder */
  constructor(folder: string) {
    this.folder = join(folder, "objects");
    this.keyFile = join(folder, "key");
  }

  /**
   * Reads the key, or makes it at the first start.
   * @throws Error when the file holds something else
   */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    this.key = this.readKey();
    if (this.key) return;
    this.key = randomBytes(KEY_BYTES);
    writeFileAtomic(this.keyFile, this.key, 0o600);
  }

  /** A name for bytes that are still to come. */
  plan(id: string): Segment {
    return { id, size: 0, nonce: randomBytes(BLOCK).toString("hex") };
  }

  /** Writes a planned segment; durable when it returns. */
  async write(segment: Segment, source: AsyncIterable<Uint8Array>): Promise<Segment> {
    const path = this.path(segment);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const cipher = createCipheriv(CIPHER, this.key!, Buffer.from(segment.nonce, "hex"));
    const file = await open(path, "wx", 0o600);
    let size = 0;
    try {
      for await (const piece of source) {
        await writeAll(file, cipher.update(piece));
        size += piece.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await this.syncFolders(path);
    return { ...segment, size };
  }

  /** Gives a segment's bytes a second name, under which they stay when the first goes. */
  async copy(from: Segment, id: string): Promise<Segment> {
    const copy = { ...from, id };
    const path = this.path(copy);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await link(this.path(from), path);
    await this.syncFolders(path);
    return copy;
  }

  /** The bytes from `start` to before `end`. */
  async *read(segment: Segment, start = 0, end = segment.size): AsyncGenerator<Buffer> {
    if (start >= end) return;
    const file = await open(this.path(segment), "r");
    try {
      const decipher = this.decipher(segment, start);
      for (let at = start; at < end;) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, end - at));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) throw new Error(`the file of segment ${segment.id} is shorter than it was`);
        at += bytesRead;
        yield decipher.update(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }

  async exists(segment: Segment): Promise<boolean> {
    try {
      await (await open(this.path(segment), "r")).close();
      return true;
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return false;
      throw cause;
    }
  }

  async remove(segment: Segment): Promise<void> {
    await rm(this.path(segment), { force: true });
  }

  /** Removes the files of all segments; the key stays. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  /** The key stream from a byte on: its counter is the nonce plus the number of blocks before. */
  private decipher({ nonce }: Segment, start: number): Cipheriv {
    const blocks = BigInt(Math.floor(start / BLOCK));
    const counter = (BigInt(`0x${nonce}`) + blocks) % (1n << 128n);
    const decipher = createDecipheriv(CIPHER, this.key!, Buffer.from(counter.toString(16).padStart(32, "0"), "hex"));
    decipher.update(Buffer.alloc(start % BLOCK));
    return decipher;
  }

  private readKey(): Buffer | undefined {
    try {
      const key = readFileSync(this.keyFile);
      if (key.length !== KEY_BYTES) throw new Error(`${this.keyFile} does not hold a key of ${KEY_BYTES} bytes`);
      return key;
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return undefined;
      throw cause;
    }
  }

  private async syncFolders(path: string): Promise<void> {
    for (const folder of [dirname(path), this.folder]) {
      const handle = await open(folder);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  }

  private path({ id }: Segment): string {
    return join(this.folder, id.slice(0, 2), id);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
