import type { Clock } from "../../../base/clock.ts";
import { messageOf } from "../../../base/errors.ts";
import type { Logger } from "../../../base/log.ts";
import { retry } from "../../../base/retry.ts";
import { LAZY_PREFIX, type ContainerdClient } from "../client.ts";
import { keep } from "../images/lease.ts";
import { chainIds, digestOf, type LayerDescriptor } from "../images/manifest.ts";
import type { ImageOrigin } from "../images/origin.ts";
import { hasSnapshot } from "../images/unpack.ts";
import { hasRoom, tooLarge } from "../images/unpack-guard.ts";
import { contentBytes } from "./estargz.ts";
import { mountLayer } from "./mount-layer.ts";
import type { StargzDaemon } from "./stargz-daemon.ts";

/** An image whose layers are mounted. */
export interface LazyImage {
  /** Of its topmost layer's snapshot. */
  chainId: string;
  /** What its files take, once they were all read. */
  bytes: number;
  /** `HOST/REPOSITORY`. */
  from: string;
}

export interface LazyOptions {
  lease: string;
  /** How large the image may be. */
  maxBytes: number;
  signal: AbortSignal;
}

/** Mounts images from their registries, by a stargz snapshotter: our own, or that of a containerd that others run. */
export class LazyImages {
  private readonly client: ContainerdClient;
  private readonly own: StargzDaemon | undefined;
  private readonly clock: Clock;
  private readonly log: Logger;
  private isReached = false;

  constructor(client: ContainerdClient, own: StargzDaemon | undefined, { clock, log }: { clock: Clock; log: Logger }) {
    this.client = client;
    this.own = own;
    this.clock = clock;
    this.log = log;
  }

  /** Sees to it that the snapshotter runs, and that containerd has noticed: it tries a lost one each second or so. */
  async ensure(): Promise<void> {
    if (await this.own?.ensure()) this.isReached = false;
    if (this.isReached) return;
    await retry(this.clock, { attempts: 100, firstDelayMs: 10, maxDelayMs: 100 }, async () => {
      for await (const _ of this.client.snapshots.list({ snapshotter: "stargz" }));
    });
    this.isReached = true;
  }

  /** Calls back when what was mounted is lost, until it is told to stop. */
  watch(onLost: () => void): () => void {
    return this.own?.watch(onLost) ?? (() => {});
  }

  /** Whether the snapshotter may have that snapshot: what it mounted goes with its process. */
  mayHave(chainId: string): boolean {
    return chainId.startsWith(this.prefix());
  }

  /**
   * Mounts an image whose layers are all in eStargz form and which anybody may read: the snapshotter has nobody's login.
   * @returns `undefined` when it is to be unpacked
   * @throws NoSpaceError
   */
  async mount(
    origin: ImageOrigin,
    layers: readonly LayerDescriptor[],
    { lease, maxBytes, signal }: LazyOptions,
  ): Promise<LazyImage | undefined> {
    const { openAt } = origin;
    if (openAt === undefined || layers.length === 0 || layers.some(({ tocDigest }) => tocDigest === undefined))
      return undefined;
    const sizes = await this.sizesOf(origin, layers, signal);
    if (sizes === undefined) return undefined;
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (bytes > maxBytes) throw tooLarge(layers.at(-1)!.digest, maxBytes);
    // What is fetched is kept twice: as it came, and as it is read.
    const kept = layers.reduce((sum, { size }) => sum + size, bytes);
    if (this.own && !(await hasRoom(this.own.dataFolder, kept))) return undefined;
    const names = namesOf(openAt, layers).map((name) => this.prefix() + name);
    for (const [index, layer] of layers.entries()) {
      const name = names[index]!;
      await keep(this.client, lease, { type: "snapshots/stargz", id: name });
      if (await hasSnapshot(this.client, name)) continue;
      const named = { layer, chainId: name, parent: names[index - 1] };
      const source = { reference: origin.reference, layers: layers.slice(index).map(({ digest }) => digest) };
      const isMounted = await mountLayer(this.client, named, source, lease, signal);
      if (!isMounted) return undefined; // the lease takes the others with it
    }
    return { chainId: names.at(-1)!, bytes, from: openAt };
  }

  private async sizesOf(
    origin: ImageOrigin,
    layers: readonly LayerDescriptor[],
    signal: AbortSignal,
  ): Promise<number[] | undefined> {
    try {
      return await Promise.all(layers.map((layer) => contentBytes(origin, layer, signal)));
    } catch (cause) {
      if (signal.aborted) throw cause;
      this.log.info({ image: origin.reference, reason: messageOf(cause) }, "image is unpacked, not mounted");
      return undefined;
    }
  }

  private prefix(): string {
    return this.own ? `${LAZY_PREFIX}${this.own.generation()}/` : LAZY_PREFIX;
  }
}

/**
 * What layers are mounted as. Their diff ids would not do: nobody has unpacked the layers to see that they are true, and
 * an image could pass its files off as those of another. So a layer is shared only by images that get it from the same
 * place.
 */
function namesOf(place: string, layers: readonly LayerDescriptor[]): string[] {
  return chainIds(layers.map(({ digest, tocDigest }) => digestOf(Buffer.from(`${place} ${digest} ${tocDigest}`))));
}
