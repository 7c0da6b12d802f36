import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { retry } from "../../base/retry.ts";
import { killOrphanShims } from "./orphan-shims.ts";

/** What the creation of a runtime's container leaves when its client, this engine, dies before it has an answer. */
export class CutCreations {
  private readonly namespace: string;
  /** Where containerd keeps the bundles of this engine's containers. */
  private readonly bundlesFolder: string;
  private readonly clock: Clock;

  constructor(namespace: string, bundlesFolder: string, clock: Clock) {
    this.namespace = namespace;
    this.bundlesFolder = bundlesFolder;
    this.clock = clock;
  }

  /** Whether containerd has files of a container that it may know no task of. */
  hasBundle(id: string): boolean {
    return existsSync(join(this.bundlesFolder, id));
  }

  /**
   * Clears away what is left of a container that containerd has no task of. containerd may still be taking it down by
   * itself: it has ended when the bundle is gone, and before that a new creation would lose its own.
   * @throws Error when containerd does not come to an end of it
   */
  async clear(id: string): Promise<void> {
    await retry(this.clock, { attempts: 200, firstDelayMs: 10, maxDelayMs: 100 }, async () => {
      if (this.hasBundle(id)) throw new Error(`containerd has not yet taken down ${id}`);
    });
    killOrphanShims(this.namespace, id);
  }
}
