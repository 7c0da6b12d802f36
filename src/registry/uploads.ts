import { createHash, type Hash } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import type { Clock } from "../base/clock.ts";
import type { Ids } from "../base/ids.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import type { BlobFiles } from "./blob-files.ts";
import { invalidLayer, invalidLayerPart, uploadNotFound } from "./errors.ts";
import { storeScope, type RepositoryAddress } from "./records.ts";

const IDLE_MS = 24 * 60 * 60 * 1000;

/** A blob on its way in. */
export interface Upload {
  readonly id: string;
  readonly repository: RepositoryAddress;
  /** Bytes received. */
  readonly size: number;
}

interface Session extends Upload {
  size: number;
  path: string;
  hash: Hash;
  usedAt: number;
}

/** A whole file, verified and synced, that is not a blob yet. */
export interface FinishedUpload {
  path: string;
  digest: string;
  size: number;
}

/**
 * Uploads in progress. They are hashed while they are written; they live in memory and in a temporary file, so a restart
 * forgets them and clients begin anew.
 */
export class Uploads {
  private readonly files: BlobFiles;
  private readonly clock: Clock;
  private readonly ids: Ids;
  private readonly sessions = new Map<string, Session>();
  private readonly queue = new KeyedQueue();

  constructor(files: BlobFiles, clock: Clock, ids: Ids) {
    this.files = files;
    this.clock = clock;
    this.ids = ids;
  }

  begin(repository: RepositoryAddress): Upload {
    const id = this.ids.uuid();
    const path = this.files.uploadPath(id);
    const session = { id, repository, path, size: 0, hash: createHash("sha256"), usedAt: this.clock.now() };
    this.sessions.set(id, session);
    return session;
  }

  /** @throws AwsError `UploadNotFoundException` */
  get(repository: RepositoryAddress, id: string): Upload {
    return this.session(repository, id);
  }

  /**
   * Appends to an upload, as fast as the disk takes it. When the source breaks off, what has come is kept.
   * @param first the offset that the sender thinks it is at; anywhere when undefined
   * @throws AwsError `UploadNotFoundException`, `InvalidLayerPartException`
   */
  append(
    repository: RepositoryAddress,
    id: string,
    source: AsyncIterable<Uint8Array>,
    first: number | undefined,
  ): Promise<Upload> {
    return this.queue.run(id, async () => {
      const session = this.session(repository, id);
      if (first !== undefined && first !== session.size) throw invalidLayerPart(repository, id, first, session.size);
      const file = await open(session.path, "a", 0o600);
      try {
        for await (const chunk of source) await this.write(session, file, chunk);
      } finally {
        await file.close();
      }
      return session;
    });
  }

  /**
   * Ends an upload and checks it against its digest. An upload that fails this is gone.
   * @throws AwsError `UploadNotFoundException`, `InvalidLayerException`
   */
  finish(repository: RepositoryAddress, id: string, digest: string): Promise<FinishedUpload> {
    return this.queue.run(id, async () => {
      const session = this.session(repository, id);
      this.sessions.delete(id);
      const calculated = `sha256:${session.hash.digest("hex")}`;
      if (calculated !== digest) {
        await rm(session.path, { force: true });
        throw invalidLayer(digest, calculated);
      }
      const file = await open(session.path, "a", 0o600);
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      return { path: session.path, digest, size: session.size };
    });
  }

  /** @throws AwsError `UploadNotFoundException` */
  cancel(repository: RepositoryAddress, id: string): Promise<void> {
    return this.queue.run(id, async () => this.drop(this.session(repository, id)));
  }

  /** Cancels what was not written to for a day. */
  async expire(): Promise<void> {
    const before = this.clock.now() - IDLE_MS;
    for (const session of this.sessions.values()) if (session.usedAt < before) await this.drop(session);
  }

  /** Cancels all of them. */
  async clear(): Promise<void> {
    for (const session of this.sessions.values()) await this.drop(session);
  }

  private session(repository: RepositoryAddress, id: string): Session {
    const session = this.sessions.get(id);
    const isOurs =
      session?.repository.name === repository.name && storeScope(session.repository) === storeScope(repository);
    if (!session || !isOurs) throw uploadNotFound(repository, id);
    return session;
  }

  private async write(session: Session, file: FileHandle, chunk: Uint8Array): Promise<void> {
    try {
      const written = file.writeFile(chunk);
      session.hash.update(chunk); // while the disk is busy
      await written;
    } catch (cause) {
      await this.drop(session); // the file may hold a part of the chunk, the hash has all of it
      throw cause;
    }
    session.size += chunk.length;
    session.usedAt = this.clock.now();
  }

  private async drop(session: Session): Promise<void> {
    this.sessions.delete(session.id);
    await rm(session.path, { force: true });
  }
}
