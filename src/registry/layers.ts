import type { Clock } from "../base/clock.ts";
import { KeyedQueue } from "../base/keyed-queue.ts";
import { parseScopeKey } from "../base/scope.ts";
import type { Store } from "../store/store.ts";
import type { BlobFiles } from "./blob-files.ts";
import { repositoryNotFound } from "./errors.ts";
import type { BlobFile } from "./image-source.ts";
import { digestKey, storeScope, type BlobLink, type RegistryCollections, type RepositoryAddress } from "./records.ts";
import type { FinishedUpload } from "./uploads.ts";

/** How long a blob is kept for a push that was told of it and brings no manifest. */
const HOLD_MS = 6 * 60 * 60 * 1000;
/** Parameters of one query. */
const BATCH = 500;

/**
 * Which repository has which blobs, and when a blob's file goes.
 *
 * A push asks whether a layer is here (or brings it) long before its manifest refers to it. So each answer "it is here"
 * is counted in the link's `pending`, and each new manifest takes one off; an unreferenced link stays while pushes are
 * pending. Links and images change in transactions, files one after the other in a queue: a link is made only to a file
 * that is there, and no file goes while a link to it is being made.
 */
export class Layers {
  private readonly store: Store;
  private readonly collections: RegistryCollections;
  private readonly files: BlobFiles;
  private readonly clock: Clock;
  private readonly fileQueue = new KeyedQueue();

  constructor(store: Store, collections: RegistryCollections, files: BlobFiles, clock: Clock) {
    this.store = store;
    this.collections = collections;
    this.files = files;
    this.clock = clock;
  }

  /** The blob, if this repository has it. For readers. */
  async find(address: RepositoryAddress, digest: string): Promise<BlobFile | undefined> {
    const link = await this.collections.links.get(storeScope(address), digestKey(address.name, digest));
    return link && (await this.files.find(digest));
  }

  /** The blob, if this repository has it. For pushes, which will rely on it: it stays until their manifest comes. */
  async claim(address: RepositoryAddress, digest: string): Promise<BlobFile | undefined> {
    const key = digestKey(address.name, digest);
    const link = await this.collections.links.update(storeScope(address), key, (current) => this.touched(current));
    return link && (await this.files.find(digest));
  }

  /** Those of the blobs that the repository does not have. Joins the caller's transaction. */
  async missing(address: RepositoryAddress, digests: string[]): Promise<string[]> {
    const found = await this.collections.links.list(storeScope(address), {
      where: { repository: address.name, digest: digests },
    });
    const present = new Set(found.map((link) => link.digest));
    return [...new Set(digests)].filter((digest) => !present.has(digest));
  }

  /** Takes an upload in as a blob of its repository. @throws AwsError `RepositoryNotFoundException` */
  async add(address: RepositoryAddress, upload: FinishedUpload): Promise<void> {
    await this.serially(async () => {
      await this.files.adopt(upload.path, upload.digest);
      await this.link(address, upload.digest, upload.size);
    });
  }

  /** Shows a blob of one repository in another. @returns whether the first has it */
  async mount(from: RepositoryAddress, to: RepositoryAddress, digest: string): Promise<boolean> {
    return await this.serially(async () => {
      const blob = await this.find(from, digest);
      if (blob) await this.link(to, digest, blob.size);
      return blob !== undefined;
    });
  }

  /** A new manifest has come for these blobs: one push of each is no longer pending. Joins the caller's transaction. */
  async settle(address: RepositoryAddress, digests: readonly string[]): Promise<void> {
    for (const digest of digests)
      await this.collections.links.update(storeScope(address), digestKey(address.name, digest), (link) =>
        link.pending > 0 ? { ...link, pending: link.pending - 1 } : undefined,
      );
  }

  /** Takes from a repository the blobs that none of its images refers to and no push waits for, and frees their files. */
  async sweep(address: RepositoryAddress): Promise<void> {
    const { images, links } = this.collections;
    const scope = storeScope(address);
    const where = { repository: address.name };
    const unlinked = await this.store.transaction(async () => {
      const referenced = new Set((await images.list(scope, { where })).flatMap((image) => image.blobs));
      const unused = (await links.list(scope, { where })).filter(
        (link) => !referenced.has(link.digest) && !this.isHeld(link),
      );
      for (const { digest } of unused) await links.delete(scope, digestKey(address.name, digest));
      return unused.map((link) => link.digest);
    });
    await this.free(unlinked);
  }

  /** Sweeps every repository, and removes files that no repository has: what a crash can leave. */
  async sweepAll(): Promise<void> {
    for (const { scope, document } of await this.collections.repositories.listAll())
      await this.sweep({ scope: parseScopeKey(scope), name: document.name });
    await this.free(await this.files.list());
  }

  /** Removes the files of those blobs that no repository has. */
  async free(digests: string[]): Promise<void> {
    for (let at = 0; at < digests.length; at += BATCH) {
      const batch = digests.slice(at, at + BATCH);
      await this.serially(async () => {
        const links = await this.collections.links.listAll({ where: { digest: batch } });
        const linked = new Set(links.map((link) => link.document.digest));
        for (const digest of batch) if (!linked.has(digest)) await this.files.remove(digest);
      });
    }
  }

  private async link(address: RepositoryAddress, digest: string, size: number): Promise<void> {
    const { repositories, links } = this.collections;
    const scope = storeScope(address);
    const key = digestKey(address.name, digest);
    await this.store.transaction(async () => {
      if (!(await repositories.get(scope, address.name))) throw repositoryNotFound(address);
      const known = await links.get(scope, key);
      const link = known ?? { repository: address.name, digest, size, pending: 0, touchedAt: 0 };
      await links.put(scope, key, this.touched(link));
    });
  }

  private touched(link: BlobLink): BlobLink {
    return { ...link, pending: (this.isHeld(link) ? link.pending : 0) + 1, touchedAt: this.clock.now() };
  }

  private isHeld(link: BlobLink): boolean {
    return link.pending > 0 && this.clock.now() - link.touchedAt < HOLD_MS;
  }

  private serially<T>(work: () => Promise<T>): Promise<T> {
    return this.fileQueue.run("files", work);
  }
}
