import type { Clock } from "../../../base/clock.ts";
import { snapshotterOf, unlessExists, unlessNotFound, type ContainerdClient } from "../client.ts";
import type { LazyImage, LazyImages } from "../lazy/lazy-images.ts";
import type { ImageConfig } from "../../backend.ts";
import { readContent } from "./content-store.ts";
import { chainIds, parseConfig, parseManifest, type Descriptor } from "./manifest.ts";
import { hasSnapshot, snapshotBytes } from "./unpack.ts";

/** An image that containerd has and has unpacked. */
export interface StoredImage {
  /** Of the platform's manifest. */
  digest: string;
  config: ImageConfig;
  /** Names the snapshot that containers are made on; empty for an image without layers. */
  chainId: string;
  /** Bytes that its layers take. */
  unpackedBytes: number;
  /** `HOST/REPOSITORY` that it is mounted from; `undefined` when it is unpacked. */
  mountedFrom?: string | undefined;
}

const PULLED_AT = "neargate.pulled-at";
/** Of an image that is mounted from its registry. */
const MOUNTED_AS = "neargate.mounted-as";
const MOUNTED_BYTES = "neargate.mounted-bytes";
const MOUNTED_FROM = "neargate.mounted-from";
/** How exactly the time of the last pull is kept over a restart: a pull of a present image should not write each time. */
const PULLED_AT_PRECISION_MS = 600_000;
/** A task whose image is there has made its containers by then. */
const LAUNCH_MS = 600_000;

/** The images that are present: one record in containerd for each manifest digest, which keeps config and snapshots. */
export class ImageStore {
  private readonly client: ContainerdClient;
  private readonly clock: Clock;
  private readonly lazy: LazyImages | undefined;
  private readonly known = new Map<string, StoredImage>();
  private readonly pulledAt = new Map<string, { last: number; stored: number }>();

  /** @param lazy what mounts images, where some are mounted */
  constructor(client: ContainerdClient, clock: Clock, lazy: LazyImages | undefined) {
    this.client = client;
    this.clock = clock;
    this.lazy = lazy;
  }

  /** The image with this manifest digest, when it is present as a whole. */
  async find(digest: string): Promise<StoredImage | undefined> {
    const known = this.known.get(digest);
    if (known && this.mayBeThere(known.chainId)) return known;
    const record = await unlessNotFound(this.client.images.get({ name: digest }));
    const target = record?.image?.target;
    const bytes = target && (await readContent(this.client, target.digest));
    if (!bytes) return undefined;
    const manifest = parseManifest(bytes, target.mediaType);
    const config = manifest.kind === "manifest" && (await readContent(this.client, manifest.config.digest));
    if (!config) return undefined;
    const parsed = parseConfig(config);
    const chain = chainIds(parsed.diffIds);
    const labels = record?.image?.labels ?? {};
    const mountedFrom = labels[MOUNTED_FROM];
    const chainId = labels[MOUNTED_AS] ?? chain.at(-1) ?? "";
    if (!this.mayBeThere(chainId)) return undefined;
    if (chainId !== "" && !(await hasSnapshot(this.client, chainId))) return undefined;
    const unpackedBytes = mountedFrom ? Number(labels[MOUNTED_BYTES]) : await this.bytesOf(chain);
    return this.remember({ digest, config: parsed.image, chainId, unpackedBytes, mountedFrom });
  }

  private mayBeThere(chainId: string): boolean {
    return snapshotterOf(chainId) === "overlayfs" || this.lazy?.mayHave(chainId) === true;
  }

  /**
   * Records an image whose manifest, configuration and snapshots are all there.
   * @param layers that it is unpacked as, or how it is mounted
   */
  async add(
    image: Pick<StoredImage, "digest" | "config" | "chainId">,
    layers: string[] | LazyImage,
    target: Descriptor,
  ): Promise<StoredImage> {
    const now = this.clock.now();
    const mounted = Array.isArray(layers) ? undefined : layers;
    const unpackedBytes = Array.isArray(layers) ? await this.bytesOf(layers) : layers.bytes;
    const record = {
      name: image.digest,
      target: { ...target, size: BigInt(target.size) },
      labels: { [PULLED_AT]: String(now), ...(mounted ? labelsOf(mounted) : {}) },
    };
    if (!(await unlessExists(this.client.images.create({ image: record }))))
      await this.client.images.update({ image: record });
    this.pulledAt.set(image.digest, { last: now, stored: now });
    return this.remember({ ...image, unpackedBytes, mountedFrom: mounted?.from });
  }

  /** Notes that a present image was pulled again. */
  async touch(digest: string): Promise<void> {
    const now = this.clock.now();
    const stored = this.pulledAt.get(digest)?.stored ?? 0;
    const write = now - stored > PULLED_AT_PRECISION_MS;
    this.pulledAt.set(digest, { last: now, stored: write ? now : stored });
    if (!write) return;
    const image = { name: digest, labels: { [PULLED_AT]: String(now) } };
    await this.client.images.update({ image, updateMask: { paths: [`labels.${PULLED_AT}`] } });
  }

  /**
   * Forgets images for which `isUsed` says no: those that were last pulled before `before`, and of the others those that
   * were pulled longest ago, until what is left takes at most `maxBytes`. Layers of several images count for each.
   */
  async collect(before: number, isUsed: (digest: string) => boolean, maxBytes = Infinity): Promise<void> {
    const { images } = await this.client.images.list({});
    const found = images
      .map(({ name, labels }) => ({
        name,
        pulledAt: this.pulledAt.get(name)?.last ?? Number(labels[PULLED_AT] ?? 0),
      }))
      .toSorted((one, other) => one.pulledAt - other.pulledAt);
    const sizes = new Map<string, number>();
    if (maxBytes !== Infinity)
      for (const { name } of found) sizes.set(name, (await this.find(name))?.unpackedBytes ?? 0);
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const settled = this.clock.now() - LAUNCH_MS;
    for (const { name, pulledAt } of found) {
      const isOld = pulledAt <= before;
      const isTooMuch = total > maxBytes && pulledAt <= settled;
      if (isUsed(name) || !(isOld || isTooMuch)) continue;
      total -= sizes.get(name) ?? 0;
      this.known.delete(name);
      this.pulledAt.delete(name);
      await unlessNotFound(this.client.images.delete({ name, sync: true }));
    }
  }

  private async bytesOf(chain: string[]): Promise<number> {
    const sizes = await Promise.all(chain.map((chainId) => snapshotBytes(this.client, chainId)));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  private remember(image: StoredImage): StoredImage {
    this.known.set(image.digest, image);
    return image;
  }
}

function labelsOf({ chainId, bytes, from }: LazyImage): Record<string, string> {
  return { [MOUNTED_AS]: chainId, [MOUNTED_BYTES]: String(bytes), [MOUNTED_FROM]: from };
}
