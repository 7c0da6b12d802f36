import { randomUUID } from "node:crypto";
import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import type { ImageSource } from "../../../registry/image-source.ts";
import { embeddedReference, formatImageReference, InvalidReferenceError, parseImageReference } from "../../../registry/reference.ts";
import { ComputeError, type PulledImage, type PullRequest } from "../../backend.ts";
import { containerdMessage, SNAPSHOTTER, type ContainerdClient } from "../client.ts";
import { hasContent, writeContent } from "./content-store.ts";
import { embeddedOrigin } from "./embedded-origin.ts";
import type { ImageStore, StoredImage } from "./image-store.ts";
import { keep, PullLease } from "./lease.ts";
import * as oci from "./manifest.ts";
import type { ImageOrigin } from "./origin.ts";
import { AttemptsError, withRegistryRetries } from "./registry-retry.ts";
import { RemoteOrigin } from "./remote-origin.ts";
import { SharedWork } from "./shared-work.ts";
import { hasSnapshot, unpackLayer, type LayerTarget } from "./unpack.ts";

type Progress = Parameters<NonNullable<PullRequest["onProgress"]>>[0];

/** A manifest for this machine's platform, verified. */
interface ResolvedImage {
  manifest: oci.ImageManifest;
  descriptor: oci.Descriptor;
  bytes: Uint8Array;
}

/** How long one pull may take in all: the ECS agent's limit. */
const PULL_TIMEOUT_MS = 2 * 3_600_000;
const PARALLEL_DOWNLOADS = 3;
const MAX_INDEX_DEPTH = 3;

export interface PullerOptions {
  client: ContainerdClient;
  store: ImageStore;
  images: ImageSource;
  /** Of the embedded registry. */
  port: number;
  clock: Clock;
  log: Logger;
}

/** Brings images into containerd, from the embedded registry or from any other. */
export class Puller {
  private readonly client: ContainerdClient;
  private readonly store: ImageStore;
  private readonly images: ImageSource;
  private readonly port: number;
  private readonly clock: Clock;
  readonly lease: PullLease;
  private readonly resolving = new SharedWork<ResolvedImage | StoredImage>();
  private readonly pulling = new SharedWork<StoredImage, Progress>();
  private readonly downloading = new SharedWork<void, number>();
  private readonly unpacking = new SharedWork<void>();
  private readonly platform = oci.hostPlatform();
  /** From the digest of an index to that of its manifest for this platform. */
  private readonly chosen = new Map<string, string>();

  constructor(options: PullerOptions) {
    this.client = options.client;
    this.store = options.store;
    this.images = options.images;
    this.port = options.port;
    this.clock = options.clock;
    this.lease = new PullLease(options.client, options.log);
  }

  /** @throws ComputeError `CannotPullContainerError`, or the signal's reason */
  async pull(request: PullRequest): Promise<PulledImage> {
    const { signal } = request;
    const origin = this.originOf(request);
    const tagOrDigest = this.tagOrDigestOf(request.reference);
    request.onProgress?.({ phase: "resolving", bytes: 0, totalBytes: 0 });
    const key = JSON.stringify([origin.reference, request.scope, request.credentials]);
    const found = await this.resolving.run(key, { signal }, (shared) => this.resolve(origin, tagOrDigest, shared));
    const image = "chainId" in found ? found : await this.fetch(origin, found, signal, request.onProgress);
    await this.store.touch(image.digest);
    return { reference: request.reference, digest: image.digest, config: image.config };
  }

  private originOf(request: PullRequest): ImageOrigin {
    const reference = parseOrThrow(request.reference);
    const embedded = embeddedReference(reference, { port: this.port, scope: request.scope });
    if (embedded) return embeddedOrigin(this.images, embedded, formatImageReference(reference));
    return new RemoteOrigin({ reference, credentials: request.credentials, clock: this.clock });
  }

  private tagOrDigestOf(text: string): string {
    const { tag, digest } = parseOrThrow(text);
    return digest ?? tag!;
  }

  /** Asks the registry what the reference means now. An image that is present then needs nothing more. */
  private async resolve(origin: ImageOrigin, tagOrDigest: string, signal: AbortSignal): Promise<ResolvedImage | StoredImage> {
    try {
      return await withRegistryRetries(this.clock, signal, async () => {
        const digest = await origin.head(tagOrDigest, signal);
        const stored = digest === undefined ? undefined : await this.store.find(this.chosen.get(digest) ?? digest);
        return stored ?? (await this.resolvePlatform(origin, digest ?? tagOrDigest, signal, MAX_INDEX_DEPTH));
      });
    } catch (cause) {
      throw signal.aborted ? cause : cannotResolve(origin.reference, cause);
    }
  }

  private async resolvePlatform(
    origin: ImageOrigin,
    tagOrDigest: string,
    signal: AbortSignal,
    depth: number,
  ): Promise<ResolvedImage | StoredImage> {
    const { bytes, mediaType } = await origin.manifest(tagOrDigest, signal);
    const digest = oci.digestOf(bytes);
    if (tagOrDigest.startsWith("sha256:") && tagOrDigest !== digest)
      throw new oci.ManifestError(`unexpected manifest digest ${digest}, expected ${tagOrDigest}`);
    const manifest = oci.parseManifest(bytes, mediaType);
    if (manifest.kind === "manifest") return { manifest, bytes, descriptor: { mediaType, digest, size: bytes.byteLength } };
    const chosen = oci.selectPlatform(manifest, this.platform);
    if (!chosen || depth === 0) throw new PlatformError(this.platform);
    this.chosen.set(digest, chosen.digest);
    return (await this.store.find(chosen.digest)) ?? this.resolvePlatform(origin, chosen.digest, signal, depth - 1);
  }

  private async fetch(
    origin: ImageOrigin,
    image: ResolvedImage,
    signal: AbortSignal | undefined,
    onProgress: PullRequest["onProgress"],
  ): Promise<StoredImage> {
    const { digest } = image.descriptor;
    return this.pulling.run(digest, { signal, onProgress }, async (shared, report) => {
      const limited = AbortSignal.any([shared, AbortSignal.timeout(PULL_TIMEOUT_MS)]);
      try {
        return await this.lease.hold((lease) => this.fetchAll(origin, image, lease, limited, report));
      } catch (cause) {
        throw shared.aborted ? cause : cannotPull(cause);
      }
    });
  }

  /** Configuration, layers, and at last the record that makes the image exist. */
  private async fetchAll(
    origin: ImageOrigin,
    { manifest, descriptor, bytes }: ResolvedImage,
    lease: string,
    signal: AbortSignal,
    report: (progress: Progress) => void,
  ): Promise<StoredImage> {
    const configBytes = await readBlob(origin, manifest.config, signal);
    const config = oci.parseConfig(configBytes);
    if (!oci.matchesPlatform(config.platform, this.platform)) throw new PlatformError(this.platform);
    const chain = oci.chainIds(config.diffIds);
    if (chain.length !== manifest.layers.length)
      throw new oci.ManifestError(`the image has ${manifest.layers.length} layers, but ${chain.length} diff ids`);
    const layers = manifest.layers.map((layer, i) => ({ layer, diffId: config.diffIds[i]!, chainId: chain[i]!, parent: chain[i - 1] }));
    await this.fetchLayers(origin, layers, lease, signal, report);

    const chainId = chain.at(-1) ?? "";
    const snapshotLabels: Record<string, string> = chainId ? { [`containerd.io/gc.ref.snapshot.${SNAPSHOTTER}`]: chainId } : {};
    await this.write(manifest.config, configBytes, snapshotLabels, lease, signal);
    await this.write(descriptor, bytes, { "containerd.io/gc.ref.content.config": manifest.config.digest }, lease, signal);
    return this.store.add({ digest: descriptor.digest, config: config.image, chainId }, descriptor);
  }

  /** Downloads the layers that are not unpacked yet, some at a time, and unpacks each as soon as those below are. */
  private async fetchLayers(
    origin: ImageOrigin,
    layers: LayerTarget[],
    lease: string,
    signal: AbortSignal,
    report: (progress: Progress) => void,
  ): Promise<void> {
    let first = layers.length;
    while (first > 0 && !(await this.keepSnapshot(layers[first - 1]!.chainId, lease))) first--;
    const missing = layers.slice(first);
    const totalBytes = missing.reduce((sum, { layer }) => sum + layer.size, 0);
    let bytes = 0;
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const slots = new Slots(PARALLEL_DOWNLOADS);
    const downloads = missing.map(({ layer }) =>
      slots.run(() =>
        this.downloadLayer(origin, layer, lease, either, (count) => {
          bytes += count;
          report({ phase: "pulling", bytes, totalBytes });
        }),
      ),
    );
    for (const download of downloads) download.catch((cause: unknown) => failed.abort(cause));
    try {
      for (const [i, target] of missing.entries()) {
        await downloads[i];
        report({ phase: "unpacking", bytes, totalBytes });
        await this.unpacking.run(target.chainId, { signal: either }, (shared) => unpackLayer(this.client, target, lease, shared));
      }
    } catch (cause) {
      failed.abort(cause);
      await Promise.allSettled(downloads);
      throw failed.signal.reason;
    }
  }

  /** Whether a snapshot is there; if so, it stays at least as long as the lease. */
  private async keepSnapshot(chainId: string, lease: string): Promise<boolean> {
    await keep(this.client, lease, { type: `snapshots/${SNAPSHOTTER}`, id: chainId });
    return hasSnapshot(this.client, chainId);
  }

  private downloadLayer(
    origin: ImageOrigin,
    layer: oci.Descriptor,
    lease: string,
    signal: AbortSignal,
    onBytes: (count: number) => void,
  ): Promise<void> {
    return this.downloading.run(layer.digest, { signal, onProgress: onBytes }, async (shared, report) => {
      await keep(this.client, lease, { type: "content", id: layer.digest });
      if (await hasContent(this.client, layer.digest)) return report(layer.size);
      const ref = `layer-${layer.digest}-${randomUUID()}`;
      await writeContent(this.client, layer, counted(origin.blob(layer, shared), report), { ref, lease, signal: shared });
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

/** An image, or list of images, that has nothing for this machine. The words are AWS's. */
class PlatformError extends Error {
  constructor({ os, architecture }: oci.Platform) {
    super(`image Manifest does not contain descriptor matching platform '${os}/${architecture}'`);
    this.name = "PlatformError";
  }
}

/** Runs a bounded number of jobs side by side. */
class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(count: number) {
    this.free = count;
  }

  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}

async function readBlob(origin: ImageOrigin, descriptor: oci.Descriptor, signal: AbortSignal): Promise<Buffer> {
  if (descriptor.size > oci.MAX_CONFIG_BYTES) throw new oci.ManifestError(`the image configuration is larger than ${oci.MAX_CONFIG_BYTES} bytes`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of origin.blob(descriptor, signal)) {
    size += chunk.byteLength;
    if (size > descriptor.size) break;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const digest = oci.digestOf(bytes);
  if (digest !== descriptor.digest) throw new Error(`failed commit on ref "config-${descriptor.digest}": unexpected commit digest ${digest}, expected ${descriptor.digest}: failed precondition`);
  return bytes;
}

async function* counted(chunks: AsyncIterable<Uint8Array>, onBytes: (count: number) => void): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk;
    onBytes(chunk.byteLength);
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function parseOrThrow(text: string) {
  try {
    return parseImageReference(text);
  } catch (cause) {
    if (cause instanceof InvalidReferenceError) throw cannotResolve(text, cause);
    throw cause;
  }
}

function cannotResolve(reference: string, cause: unknown): ComputeError {
  const inner = cause instanceof AttemptsError ? cause.cause : cause;
  if (inner instanceof PlatformError) return noPlatform(inner);
  const attempts = cause instanceof AttemptsError ? cause.attempts : 1;
  return pullError(`pull image manifest has been retried ${attempts} time(s): failed to resolve ref ${reference}: ${containerdMessage(inner)}`);
}

function cannotPull(cause: unknown): ComputeError {
  if (cause instanceof PlatformError) return noPlatform(cause);
  const attempts = cause instanceof AttemptsError ? cause.attempts : 1;
  return pullError(`ref pull has been retried ${attempts} time(s): ${containerdMessage(cause)}`);
}

/** Fargate always says seven: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html */
function noPlatform(cause: PlatformError): ComputeError {
  return pullError(`pull image manifest has been retried 7 time(s): ${cause.message}`);
}

function pullError(message: string): ComputeError {
  return new ComputeError("CannotPullContainerError", message);
}
