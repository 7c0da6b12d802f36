import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import type { Ids } from "../base/ids.ts";
import type { Component } from "../base/lifecycle.ts";
import type { Logger } from "../base/log.ts";
import type { Scope } from "../base/scope.ts";
import type { Store } from "../store/store.ts";
import { BlobFiles } from "./blob-files.ts";
import { isDigest } from "./digest.ts";
import type { BlobFile, ImageSource, ResolvedManifest } from "./image-source.ts";
import { Images, type Deletion, type ImageId } from "./images.ts";
import { Layers } from "./layers.ts";
import { registryCollections, type RepositoryAddress, type RepositoryRecord } from "./records.ts";
import { Repositories } from "./repositories.ts";
import { RegistryTokens } from "./tokens.ts";
import { Uploads, type Upload } from "./uploads.ts";

const SWEEP_INTERVAL_MS = 60 * 60 * 1000;

export interface RegistryOptions {
  /** Not open yet. */
  store: Store;
  /** `<data folder>/registry`. */
  folder: string;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/**
 * The embedded image registry: repositories, images and layers of every account and Region. Behind it are the ECR API
 * (services/ecr) and the OCI protocol (http/); the image puller reads it as an {@link ImageSource}.
 */
export class Registry implements Component, ImageSource {
  readonly name = "registry";
  readonly repositories: Repositories;
  readonly images: Images;
  readonly layers: Layers;
  readonly uploads: Uploads;
  readonly tokens: RegistryTokens;
  private readonly files: BlobFiles;
  private readonly log: Logger;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor({ store, folder, clock, ids, log }: RegistryOptions) {
    const collections = registryCollections(store);
    this.files = new BlobFiles(folder);
    this.repositories = new Repositories(store, collections, clock);
    this.layers = new Layers(store, collections, this.files, clock);
    this.images = new Images(store, collections, this.repositories, this.layers, clock);
    this.uploads = new Uploads(this.files, clock, ids);
    this.tokens = new RegistryTokens(join(folder, "token.key"), clock);
    this.log = log;
  }

  /** Opens the blob folder; the store is open. What a crash left is removed in the background. */
  async start(): Promise<void> {
    await this.files.open();
    this.timer = setInterval(() => this.sweepSoon(), SWEEP_INTERVAL_MS).unref();
    this.sweepSoon();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /** Removes uploads that were left, and blobs that nothing refers to. */
  async sweep(): Promise<void> {
    await this.uploads.expire();
    await this.layers.sweepAll();
  }

  /** @throws AwsError `RepositoryNotFoundException` */
  async beginUpload(address: RepositoryAddress): Promise<Upload> {
    await this.repositories.get(address);
    return this.uploads.begin(address);
  }

  /** Checks an upload against its digest and takes it in. @throws AwsError `InvalidLayerException`, `UploadNotFoundException` */
  async completeUpload(address: RepositoryAddress, uploadId: string, digest: string): Promise<void> {
    await this.layers.add(address, await this.uploads.finish(address, uploadId, digest));
  }

  /** Deletes images or takes tags off, as {@link Images.delete}, and frees the layers that no other image has. */
  async deleteImages(address: RepositoryAddress, ids: readonly ImageId[]): Promise<Deletion[]> {
    const deletions: Deletion[] = [];
    for (const id of ids) deletions.push(await this.images.delete(address, id));
    if (deletions.some((deletion) => deletion.kind === "deleted")) await this.layers.sweep(address);
    return deletions;
  }

  /** @throws AwsError `RepositoryNotFoundException`, `RepositoryNotEmptyException` unless `force` */
  async deleteRepository(address: RepositoryAddress, force: boolean): Promise<RepositoryRecord> {
    const { repository, unlinked } = await this.repositories.delete(address, force);
    await this.layers.free(unlinked);
    return repository;
  }

  async resolve(scope: Scope, repository: string, tagOrDigest: string): Promise<ResolvedManifest | undefined> {
    const id = isDigest(tagOrDigest) ? { digest: tagOrDigest } : { tag: tagOrDigest };
    const found = await this.images.read({ scope, name: repository }, id, "pull");
    if (!found) return undefined;
    const { digest, mediaType } = found.image;
    return { digest, mediaType, bytes: Buffer.from(found.text) };
  }

  async blob(digest: string): Promise<BlobFile | undefined> {
    return isDigest(digest) ? await this.files.find(digest) : undefined;
  }

  private sweepSoon(): void {
    this.sweeping = this.sweeping
      .then(() => this.sweep())
      .catch((err: unknown) => this.log.error({ err }, "the image registry could not be swept"));
  }
}
