import { randomUUID } from "node:crypto";
import type { Logger } from "../../../base/log.ts";
import { snapshotterOf, type ContainerdClient } from "../client.ts";
import { Slots } from "../slots.ts";
import { hasContent, writeContent } from "./content-store.ts";
import type { ImageStore, StoredImage } from "./image-store.ts";
import { keep } from "./lease.ts";
import * as oci from "./manifest.ts";
import type { ImageOrigin } from "./origin.ts";
import { PlatformError } from "./pull-errors.ts";
import { SharedWork } from "./shared-work.ts";
import { LayerFeed } from "./layer-feed.ts";
import type { LazyImages } from "../lazy/lazy-images.ts";
import { hasSnapshot, snapshotBytes, unpackLayer, type LayerTarget } from "./unpack.ts";
import { tooLarge } from "./unpack-guard.ts";

/** A manifest for this machine's platform, verified. */
export interface ResolvedImage {
  manifest: oci.ImageManifest;
  descriptor: oci.Descriptor;
  bytes: Uint8Array;
}

const PARALLEL_DOWNLOADS = 3;
/** Docker's limit, below what the kernel's overlay takes. */
const MAX_LAYERS = 127;

export interface FetchOptions {
  lease: string;
  signal: AbortSignal;
  /** How large the image may be unpacked. */
  maxBytes: number;
}

export interface FetcherParts {
  client: ContainerdClient;
  store: ImageStore;
  /** Mounts images, where that is wanted. */
  lazy?: LazyImages | undefined;
  log: Logger;
}

/** Fetches what a manifest names into containerd, and unpacks it; what several images share, once. */
export class ImageFetcher {
  private readonly client: ContainerdClient;
  private readonly store: ImageStore;
  private readonly platform: oci.Platform;
  private readonly lazy: LazyImages | undefined;
  private readonly log: Logger;
  readonly feed = new LayerFeed();
  private readonly downloading = new SharedWork<void>();
  private readonly unpacking = new SharedWork<void>();

  constructor({ client, store, lazy, log }: FetcherParts, platform: oci.Platform) {
    this.client = client;
    this.store = store;
    this.platform = platform;
    this.lazy = lazy;
    this.log = log;
  }

  /** Configuration, layers, and at last the record that makes the image exist. */
  async fetch(
    origin: ImageOrigin,
    { manifest, descriptor, bytes }: ResolvedImage,
    options: FetchOptions,
  ): Promise<StoredImage> {
    const { lease, signal } = options;
    const configBytes = await readBlob(origin, manifest.config, signal);
    const config = oci.parseConfig(configBytes);
    if (!oci.matchesPlatform(config.platform, this.platform)) throw new PlatformError(this.platform);
    const chain = oci.chainIds(config.diffIds);
    if (chain.length !== manifest.layers.length)
      throw new oci.ManifestError(`the image has ${manifest.layers.length} layers, but ${chain.length} diff ids`);
    if (chain.length > MAX_LAYERS)
      throw new oci.ManifestError(`the image has ${chain.length} layers: max depth exceeded`);
    const layers: LayerTarget[] = manifest.layers.map((layer, i) => ({
      layer,
      diffId: config.diffIds[i]!,
      chainId: chain[i]!,
      parent: chain[i - 1],
    }));
    const mounted = await this.lazy?.mount(origin, manifest.layers, options);
    if (mounted) for (const layer of manifest.layers) this.tell(layer, "present");
    else await this.fetchLayers(origin, layers, options);

    const chainId = mounted?.chainId ?? chain.at(-1) ?? "";
    const snapshotLabels: Record<string, string> = chainId
      ? { [`containerd.io/gc.ref.snapshot.${snapshotterOf(chainId)}`]: chainId }
      : {};
    const configLabels = { "containerd.io/gc.ref.content.config": manifest.config.digest };
    await this.write(manifest.config, configBytes, {}, lease, signal);
    await this.write(descriptor, bytes, { ...configLabels, ...snapshotLabels }, lease, signal);
    const image = { digest: descriptor.digest, config: config.image, chainId };
    return this.store.add(image, mounted ?? chain, descriptor);
  }

  /** Downloads the layers that are not unpacked yet, some at a time, and unpacks each as soon as those below are. */
  private async fetchLayers(
    origin: ImageOrigin,
    layers: LayerTarget[],
    { lease, signal, maxBytes }: FetchOptions,
  ): Promise<void> {
    let first = layers.length;
    while (first > 0 && !(await this.keepSnapshot(layers[first - 1]!.chainId, lease))) first--;
    let bytesLeft = maxBytes;
    for (const { layer, chainId } of layers.slice(0, first)) {
      this.tell(layer, "present");
      bytesLeft -= await snapshotBytes(this.client, chainId);
    }
    const missing = layers.slice(first);
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const slots = new Slots(PARALLEL_DOWNLOADS);
    const downloads = missing.map(({ layer }) => slots.run(() => this.downloadLayer(origin, layer, lease, either)));
    for (const download of downloads) download.catch((cause: unknown) => failed.abort(cause));
    let [fetchMs, unpackMs] = [0, 0];
    try {
      for (const [i, target] of missing.entries()) {
        const began = performance.now();
        await downloads[i];
        const fetched = performance.now();
        await this.unpack(target, lease, bytesLeft, either);
        fetchMs += fetched - began;
        unpackMs += performance.now() - fetched;
        bytesLeft -= await snapshotBytes(this.client, target.chainId);
        if (bytesLeft < 0) throw tooLarge(target.diffId, maxBytes);
      }
    } catch (cause) {
      failed.abort(cause);
      await Promise.allSettled(downloads);
      throw failed.signal.reason;
    }
    // What is waited for: layers are fetched while those below are unpacked.
    const times = { fetchMs: Math.round(fetchMs), unpackMs: Math.round(unpackMs) };
    this.log.debug({ chain: layers.at(-1)?.chainId, ...times }, "layers fetched and unpacked");
  }

  private async unpack(target: LayerTarget, lease: string, maxBytes: number, signal: AbortSignal): Promise<void> {
    // Two tasks with storage of different sizes try apart: the failure of one is not the other's.
    await this.unpacking.run(`${target.chainId} ${maxBytes}`, signal, (shared) => {
      this.tell(target.layer, "unpacking");
      return unpackLayer(this.client, target, { lease, maxBytes }, shared);
    });
    this.tell(target.layer, "present");
  }

  private tell({ digest, size }: oci.Descriptor, status: "unpacking" | "present"): void {
    this.feed.tell({ digest, size, received: size, status });
  }

  /** Whether a snapshot is there; if so, it stays at least as long as the lease. */
  private async keepSnapshot(chainId: string, lease: string): Promise<boolean> {
    await keep(this.client, lease, { type: `snapshots/${snapshotterOf(chainId)}`, id: chainId });
    return hasSnapshot(this.client, chainId);
  }

  private downloadLayer(origin: ImageOrigin, layer: oci.Descriptor, lease: string, signal: AbortSignal): Promise<void> {
    return this.downloading.run(layer.digest, signal, async (shared) => {
      await keep(this.client, lease, { type: "content", id: layer.digest });
      if (await hasContent(this.client, layer.digest)) return;
      const ref = `layer-${layer.digest}-${randomUUID()}`;
      const chunks = this.feed.counted(layer, origin.blob(layer, shared));
      await writeContent(this.client, layer, chunks, { ref, lease, signal: shared });
    });
  }

  private write(
    descriptor: oci.Descriptor,
    bytes: Uint8Array,
    labels: Record<string, string>,
    lease: string,
    signal: AbortSignal,
  ): Promise<void> {
    const ref = `blob-${descriptor.digest}-${randomUUID()}`;
    return writeContent(this.client, descriptor, once(bytes), { ref, lease, labels, signal });
  }
}

async function readBlob(origin: ImageOrigin, descriptor: oci.Descriptor, signal: AbortSignal): Promise<Buffer> {
  if (descriptor.size > oci.MAX_CONFIG_BYTES)
    throw new oci.ManifestError(`the image configuration is larger than ${oci.MAX_CONFIG_BYTES} bytes`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of origin.blob(descriptor, signal)) {
    size += chunk.byteLength;
    if (size > descriptor.size) break;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const digest = oci.digestOf(bytes);
  if (digest !== descriptor.digest)
    throw new Error(
      `failed commit on ref "config-${descriptor.digest}": unexpected commit digest ${digest}, expected ${descriptor.digest}: failed precondition`,
    );
  return bytes;
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
