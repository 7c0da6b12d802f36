import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import type { ImageSource } from "../../../registry/image-source.ts";
import {
  embeddedReference,
  formatImageReference,
  InvalidReferenceError,
  parseImageReference,
} from "../../../registry/reference.ts";
import type { PulledImage, PullRequest } from "../../backend.ts";
import { isDisconnected, type ContainerdClient } from "../client.ts";
import { embeddedOrigin } from "./embedded-origin.ts";
import { ImageFetcher, type ResolvedImage } from "./fetcher.ts";
import type { ImageStore, StoredImage } from "./image-store.ts";
import { PullLease } from "./lease.ts";
import type { LazyImages } from "../lazy/lazy-images.ts";
import * as oci from "./manifest.ts";
import type { ImageOrigin } from "./origin.ts";
import { cannotPull, cannotResolve, PlatformError } from "./pull-errors.ts";
import { withRegistryRetries } from "./registry-retry.ts";
import { RemoteOrigin } from "./remote-origin.ts";
import { SharedWork } from "./shared-work.ts";
import { tooLarge } from "./unpack-guard.ts";

/** How long one pull may take in all: the ECS agent's limit. */
const PULL_TIMEOUT_MS = 2 * 3_600_000;
const MAX_INDEX_DEPTH = 3;

export interface PullerOptions {
  client: ContainerdClient;
  store: ImageStore;
  images: ImageSource;
  /** Of the embedded registry. */
  port: number;
  clock: Clock;
  log: Logger;
  /** Mounts images, where that is wanted. */
  lazy?: LazyImages | undefined;
}

/** Brings images into containerd, from the embedded registry or from any other. */
export class Puller {
  private readonly store: ImageStore;
  private readonly images: ImageSource;
  private readonly port: number;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly fetcher: ImageFetcher;
  readonly lease: PullLease;
  private readonly resolving = new SharedWork<ResolvedImage | StoredImage>();
  private readonly pulling = new SharedWork<StoredImage>();
  private readonly platform = oci.hostPlatform();
  /** From the digest of an index to that of its manifest for this platform. */
  private readonly chosen = new Map<string, string>();

  constructor(options: PullerOptions) {
    this.store = options.store;
    this.images = options.images;
    this.port = options.port;
    this.clock = options.clock;
    this.log = options.log;
    this.lease = new PullLease(options.client, options.log);
    this.fetcher = new ImageFetcher(options, this.platform);
  }

  /** @throws ComputeError `CannotPullContainerError`, or the signal's reason */
  async pull(request: PullRequest): Promise<PulledImage> {
    const { signal, maxBytes = Infinity } = request;
    const origin = this.originOf(request);
    const tagOrDigest = this.tagOrDigestOf(request.reference);
    // What a registry says to one login it need not say to another.
    const key = JSON.stringify([origin.reference, request.scope, request.login]);
    const began = performance.now();
    const found = await this.resolving.run(key, signal, (shared) => this.resolve(origin, tagOrDigest, shared));
    this.log.debug({ image: request.reference, ms: Math.round(performance.now() - began) }, "image resolved");
    const image = "chainId" in found ? found : await this.fetch(origin, found, request);
    if (image.unpackedBytes > maxBytes) throw cannotPull(tooLarge(image.chainId, maxBytes));
    await this.store.touch(image.digest);
    return { reference: request.reference, digest: image.digest, config: image.config };
  }

  private originOf(request: PullRequest): ImageOrigin {
    const reference = parseOrThrow(request.reference);
    const embedded = embeddedReference(reference, { port: this.port, scope: request.scope });
    if (embedded) return embeddedOrigin(this.images, embedded, formatImageReference(reference));
    return new RemoteOrigin({ reference, login: request.login, clock: this.clock });
  }

  private tagOrDigestOf(text: string): string {
    const { tag, digest } = parseOrThrow(text);
    return digest ?? tag!;
  }

  /** Asks the registry what the reference means now. An image that is present then needs nothing more. */
  private async resolve(
    origin: ImageOrigin,
    tagOrDigest: string,
    signal: AbortSignal,
  ): Promise<ResolvedImage | StoredImage> {
    try {
      return await withRegistryRetries(this.clock, signal, async () => {
        const digest = await origin.head(tagOrDigest, signal);
        const stored = digest === undefined ? undefined : await this.find(this.chosen.get(digest) ?? digest, origin);
        return stored ?? (await this.resolvePlatform(origin, digest ?? tagOrDigest, signal, MAX_INDEX_DEPTH));
      });
    } catch (cause) {
      throw signal.aborted || isDisconnected(cause) ? cause : cannotResolve(origin.reference, cause);
    }
  }

  /** An image that is mounted from elsewhere is not this one: whoever serves it there may stop, and then it is empty. */
  private async find(digest: string, { openAt }: ImageOrigin): Promise<StoredImage | undefined> {
    const stored = await this.store.find(digest);
    return stored?.mountedFrom === undefined || stored.mountedFrom === openAt ? stored : undefined;
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
    if (manifest.kind === "manifest")
      return { manifest, bytes, descriptor: { mediaType, digest, size: bytes.byteLength } };
    const chosen = oci.selectPlatform(manifest, this.platform);
    if (!chosen || depth === 0) throw new PlatformError(this.platform);
    this.chosen.set(digest, chosen.digest);
    return (await this.find(chosen.digest, origin)) ?? this.resolvePlatform(origin, chosen.digest, signal, depth - 1);
  }

  private async fetch(
    origin: ImageOrigin,
    image: ResolvedImage,
    { signal, maxBytes = Infinity, onProgress }: PullRequest,
  ): Promise<StoredImage> {
    const { digest } = image.descriptor;
    const fetch = async (shared: AbortSignal) => {
      const limited = AbortSignal.any([shared, AbortSignal.timeout(PULL_TIMEOUT_MS)]);
      try {
        return await this.lease.hold((lease) =>
          this.fetcher.fetch(origin, image, { lease, signal: limited, maxBytes }),
        );
      } catch (cause) {
        throw shared.aborted || isDisconnected(cause) ? cause : cannotPull(cause);
      }
    };
    return this.fetcher.feed.follow(digest, image.manifest, onProgress, () =>
      this.pulling.run(`${digest} ${maxBytes}`, signal, fetch),
    );
  }
}

function parseOrThrow(text: string) {
  try {
    return parseImageReference(text);
  } catch (cause) {
    if (cause instanceof InvalidReferenceError) throw cannotResolve(text, cause);
    throw cause;
  }
}
