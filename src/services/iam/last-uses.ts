import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Collection } from "../../store/collection.ts";
import type { LastUseRecord } from "./records.ts";

/** What is used all the time is not written all the time. AWS tells of uses hours later. */
const WRITE_EVERY_MS = 60_000;

interface Known {
  use: LastUseRecord;
  /** When it was last written, of the monotonic clock. */
  writtenAt: number;
  /** Whether the latest use is not written yet. */
  dirty: boolean;
}

/** Remembers when roles and keys were last used, by their ids: the first use is written at once, later ones now and then. */
export class LastUses {
  private readonly collection: Collection<LastUseRecord, never>;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly known = new Map<string, Known>();

  constructor(collection: Collection<LastUseRecord, never>, clock: Clock, log: Logger) {
    this.collection = collection;
    this.clock = clock;
    this.log = log;
  }

  /** Costs next to nothing; does not throw. */
  note(scope: string, id: string, use: LastUseRecord): void {
    const place = `${scope} ${id}`;
    const known = this.known.get(place);
    if (known && this.clock.monotonic() - known.writtenAt < WRITE_EVERY_MS) {
      known.use = use;
      known.dirty = true;
      return;
    }
    this.known.set(place, { use, writtenAt: this.clock.monotonic(), dirty: false });
    this.collection
      .put(scope, id, use)
      .catch((err: unknown) => this.log.warn({ err, id }, "the last use could not be written"));
  }

  async get(scope: string, id: string): Promise<LastUseRecord | undefined> {
    return this.known.get(`${scope} ${id}`)?.use ?? (await this.collection.get(scope, id));
  }

  async forget(scope: string, id: string): Promise<void> {
    this.known.delete(`${scope} ${id}`);
    await this.collection.delete(scope, id);
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    for (const [place, known] of this.known) {
      if (!known.dirty) continue;
      const [scope = "", id = ""] = place.split(" ");
      await this.collection.put(scope, id, known.use);
      known.dirty = false;
    }
  }

  /** Everything was forgotten, as by a reset. */
  clear(): void {
    this.known.clear();
  }
}
