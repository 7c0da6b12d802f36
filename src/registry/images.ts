import type { Clock } from "../base/clock.ts";
import type { Store } from "../store/store.ts";
import { digestOf } from "./digest.ts";
import {
  imageDigestDoesNotMatch,
  imageTagAlreadyExists,
  invalidParameter,
  layersNotFound,
  referencedImagesNotFound,
} from "./errors.ts";
import type { Layers } from "./layers.ts";
import { MAX_MANIFEST_BYTES, parseManifest, type Manifest } from "./manifest.ts";
import {
  digestKey,
  storeScope,
  tagKey,
  type ImageRecord,
  type RegistryCollections,
  type RepositoryAddress,
} from "./records.ts";
import { isImmutable, type Repositories } from "./repositories.ts";

/** ECR writes pull times down at least once a day; hourly is exact enough and keeps pulls from writing. */
const PULL_TIME_PRECISION_MS = 60 * 60 * 1000;
const TAG = /^\w[\w.-]{0,127}$/;

/** An image is meant by its digest, by a tag, or by both. */
export interface ImageId {
  digest?: string;
  tag?: string;
}

export interface PushedManifest {
  bytes: Uint8Array;
  /** The media type told beside the manifest. */
  mediaType: string | undefined;
  tag?: string;
  /** What the client takes the digest for. */
  digest?: string;
}

export interface StoredImage {
  image: ImageRecord;
  text: string;
}

/** An image with its tags, in order. */
export interface TaggedImage {
  image: ImageRecord;
  tags: string[];
}

/** What became of an image that was to be deleted. */
export type Deletion =
  | { kind: "deleted"; image: TaggedImage }
  | { kind: "untagged"; digest: string; tag: string }
  | { kind: "notFound" }
  | { kind: "mismatch" }
  | { kind: "referenced"; by: string[] };

/** The images of all repositories: manifests, indexes and the tags that name them. */
export class Images {
  private readonly store: Store;
  private readonly collections: RegistryCollections;
  private readonly repositories: Repositories;
  private readonly layers: Layers;
  private readonly clock: Clock;

  constructor(
    store: Store,
    collections: RegistryCollections,
    repositories: Repositories,
    layers: Layers,
    clock: Clock,
  ) {
    this.store = store;
    this.collections = collections;
    this.repositories = repositories;
    this.layers = layers;
    this.clock = clock;
  }

  /**
   * Stores a manifest whose blobs and images are here, and tags it.
   * @returns `changed: false` when the repository had it, under that tag
   * @throws AwsError `RepositoryNotFoundException`, `InvalidParameterException`, `ImageDigestDoesNotMatchException`,
   *   `LayersNotFoundException`, `ReferencedImagesNotFoundException`, `ImageTagAlreadyExistsException`
   */
  async put(address: RepositoryAddress, pushed: PushedManifest): Promise<{ image: ImageRecord; changed: boolean }> {
    await this.repositories.get(address);
    if (pushed.bytes.length > MAX_MANIFEST_BYTES)
      throw invalidParameter("ImageManifest", `Member must have length less than or equal to ${MAX_MANIFEST_BYTES}`);
    if (pushed.tag !== undefined && !TAG.test(pushed.tag))
      throw invalidParameter("imageTag", `must satisfy regular expression '${TAG.source.slice(1, -1)}'`);
    const text = decodeText(pushed.bytes);
    const manifest = parseManifest(text, pushed.mediaType);
    const digest = digestOf(pushed.bytes);
    if (pushed.digest !== undefined && pushed.digest !== digest) throw imageDigestDoesNotMatch(address, pushed.digest);
    const scope = storeScope(address);
    const { images, manifestTexts, tags } = this.collections;
    return await this.store.transaction(async () => {
      const repository = await this.repositories.get(address);
      const known = await images.get(scope, digestKey(address.name, digest));
      const tagged = pushed.tag === undefined ? undefined : await tags.get(scope, tagKey(address.name, pushed.tag));
      if (tagged && tagged.digest !== digest && isImmutable(repository, tagged.tag))
        throw imageTagAlreadyExists(address, tagged.tag);
      const children = await this.requireReferences(address, manifest);
      const image = known ?? this.newImage(address, digest, pushed.bytes.length, manifest, children);
      if (!known) {
        // Only now: who tags a known image again may never have asked for its layers.
        await this.layers.settle(address, image.blobs);
        await images.insert(scope, digestKey(address.name, digest), image);
        await manifestTexts.put(scope, digestKey(address.name, digest), { text });
      }
      const tag = tagged?.digest === digest ? undefined : pushed.tag;
      if (tag !== undefined)
        await tags.put(scope, tagKey(address.name, tag), { repository: address.name, tag, digest });
      return { image, changed: !known || tag !== undefined };
    });
  }

  /** The image of a digest, a tag, or both when they agree. */
  async find(address: RepositoryAddress, id: ImageId): Promise<ImageRecord | undefined> {
    const scope = storeScope(address);
    const tagged =
      id.tag === undefined ? undefined : await this.collections.tags.get(scope, tagKey(address.name, id.tag));
    if (id.tag !== undefined && (!tagged || (id.digest !== undefined && id.digest !== tagged.digest))) return undefined;
    const digest = id.digest ?? tagged?.digest;
    return digest === undefined ? undefined : await this.collections.images.get(scope, digestKey(address.name, digest));
  }

  /** The image with its manifest as it was pushed; `pull` writes the pull time down. */
  async read(address: RepositoryAddress, id: ImageId, purpose: "look" | "pull"): Promise<StoredImage | undefined> {
    const image = await this.find(address, id);
    if (!image) return undefined;
    const scope = storeScope(address);
    const key = digestKey(address.name, image.digest);
    const stored = await this.collections.manifestTexts.get(scope, key);
    if (!stored) return undefined; // deleted meanwhile
    const now = this.clock.now();
    const isDue = now - (image.lastPulledAt?.getTime() ?? 0) >= PULL_TIME_PRECISION_MS;
    if (purpose === "pull" && isDue)
      await this.collections.images.update(scope, key, (current) => ({ ...current, lastPulledAt: new Date(now) }));
    return { image, text: stored.text };
  }

  /** The images of a repository with their tags, by digest. */
  async list(address: RepositoryAddress): Promise<TaggedImage[]> {
    const scope = storeScope(address);
    const where = { repository: address.name };
    const images = await this.collections.images.list(scope, { where });
    const tags = Map.groupBy(await this.collections.tags.list(scope, { where }), (tag) => tag.digest);
    return images.map((image) => ({ image, tags: (tags.get(image.digest) ?? []).map(({ tag }) => tag) }));
  }

  /** The tags of one image, in order. */
  async tagsOf(address: RepositoryAddress, digest: string): Promise<string[]> {
    const where = { repository: address.name, digest };
    return (await this.collections.tags.list(storeScope(address), { where })).map(({ tag }) => tag);
  }

  /** Names of tags in order, behind `after`. */
  async listTags(address: RepositoryAddress, options: { after?: string; limit: number }): Promise<string[]> {
    const tags = await this.collections.tags.list(storeScope(address), {
      where: { repository: address.name },
      after: options.after === undefined ? undefined : tagKey(address.name, options.after),
      limit: options.limit,
    });
    return tags.map(({ tag }) => tag);
  }

  /** The images that refer to a digest as their subject. */
  async referrers(address: RepositoryAddress, subject: string): Promise<ImageRecord[]> {
    const where = { repository: address.name, subject };
    return await this.collections.images.list(storeScope(address), { where });
  }

  /**
   * Deletes as ECR does: by digest the image with all its tags; by tag only the tag, and the image with its last one. An
   * image that an index holds is refused. The caller sweeps the layers.
   */
  async delete(address: RepositoryAddress, id: ImageId): Promise<Deletion> {
    return await this.store.transaction(async () => {
      const image = await this.find(address, id);
      if (!image) return (await this.isMismatch(address, id)) ? { kind: "mismatch" } : { kind: "notFound" };
      const tags = await this.tagsOf(address, image.digest);
      if (id.tag !== undefined && id.digest === undefined && tags.length > 1) {
        await this.untag(address, id.tag);
        return { kind: "untagged", digest: image.digest, tag: id.tag };
      }
      const by = await this.indexesOf(address, image.digest);
      if (by.length) return { kind: "referenced", by };
      for (const tag of tags) await this.untag(address, tag);
      const key = digestKey(address.name, image.digest);
      await this.collections.images.delete(storeScope(address), key);
      await this.collections.manifestTexts.delete(storeScope(address), key);
      return { kind: "deleted", image: { image, tags } };
    });
  }

  /** Takes a tag off; its image stays. @returns whether there was one */
  async untag(address: RepositoryAddress, tag: string): Promise<boolean> {
    return await this.collections.tags.delete(storeScope(address), tagKey(address.name, tag));
  }

  /** Whether tag and digest both mean an image, but not the same. */
  async isMismatch(address: RepositoryAddress, { digest, tag }: ImageId): Promise<boolean> {
    if (digest === undefined || tag === undefined) return false;
    return !!((await this.find(address, { digest })) && (await this.find(address, { tag })));
  }

  private async indexesOf(address: RepositoryAddress, digest: string): Promise<string[]> {
    const all = await this.collections.images.list(storeScope(address), { where: { repository: address.name } });
    return all.filter((image) => image.children.includes(digest)).map((image) => image.digest);
  }

  /** Checks that everything a manifest refers to is in the repository; returns the images of an index. */
  private async requireReferences(address: RepositoryAddress, manifest: Manifest): Promise<ImageRecord[]> {
    const digests = manifest.blobs.map((blob) => blob.digest);
    const missingLayers = await this.layers.missing(address, digests);
    if (missingLayers.length) throw layersNotFound(address, missingLayers);
    const missing: string[] = [];
    const children: ImageRecord[] = [];
    for (const { digest } of manifest.children) {
      const child = await this.find(address, { digest });
      if (child) children.push(child);
      else missing.push(digest);
    }
    if (missing.length) throw referencedImagesNotFound(address, missing);
    return children;
  }

  private newImage(
    address: RepositoryAddress,
    digest: string,
    manifestSize: number,
    manifest: Manifest,
    children: ImageRecord[],
  ): ImageRecord {
    return {
      repository: address.name,
      digest,
      mediaType: manifest.mediaType,
      artifactMediaType: manifest.artifactType ?? manifest.configMediaType,
      annotations: manifest.annotations,
      manifestSize,
      imageSize: manifest.configMediaType
        ? manifest.blobs.reduce((sum, blob) => sum + blob.size, 0)
        : Math.max(0, ...children.map((child) => child.imageSize)),
      blobs: [...new Set(manifest.blobs.map((blob) => blob.digest))],
      children: manifest.children.map((child) => child.digest),
      subject: manifest.subject?.digest ?? null,
      pushedAt: new Date(this.clock.now()),
    };
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidParameter("ImageManifest", "Invalid JSON syntax");
  }
}
