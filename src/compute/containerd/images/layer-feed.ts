import type { LayerProgress, PullProgress } from "../../backend.ts";
import type { ImageManifest } from "./manifest.ts";

/** What happens to layers, told to whoever listens: several pulls may wait for one layer. */
export class LayerFeed {
  private readonly listeners = new Set<(layer: LayerProgress) => void>();

  tell(layer: LayerProgress): void {
    for (const listener of this.listeners) listener(layer);
  }

  /** Passes chunks on and tells how many bytes of the layer have come. */
  async *counted(
    { digest, size }: { digest: string; size: number },
    chunks: AsyncIterable<Uint8Array>,
  ): AsyncIterable<Uint8Array> {
    let received = 0;
    for await (const chunk of chunks) {
      yield chunk;
      received += chunk.byteLength;
      this.tell({ digest, size, received, status: "downloading" });
    }
  }

  /** Runs the fetch of one image and reports how far its layers are. */
  async follow<T>(
    digest: string,
    { layers }: ImageManifest,
    onProgress: ((progress: PullProgress) => void) | undefined,
    fetch: () => Promise<T>,
  ): Promise<T> {
    if (!onProgress) return fetch();
    const states = new Map<string, LayerProgress>(
      layers.map((layer) => [layer.digest, { digest: layer.digest, size: layer.size, received: 0, status: "waiting" }]),
    );
    const report = () => onProgress({ digest, layers: [...states.values()] });
    const listener = (layer: LayerProgress) => {
      if (!states.has(layer.digest)) return;
      states.set(layer.digest, layer);
      report();
    };
    this.listeners.add(listener);
    try {
      report();
      return await fetch();
    } finally {
      this.listeners.delete(listener);
    }
  }
}
