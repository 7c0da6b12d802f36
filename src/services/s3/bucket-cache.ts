import type { Store } from "../../store/store.ts";
import { BUCKETS, GLOBAL, type BucketRecord, type Collections } from "./store.ts";

/** Buckets in memory: each request for an object asks for its bucket's owner and policy. */
export class BucketCache {
  private readonly records: Pick<Collections, "buckets">;
  private readonly known = new Map<string, BucketRecord>();
  /** Counts changes: what was read before one is not kept. */
  private changes = 0;

  constructor(store: Store, records: Pick<Collections, "buckets">) {
    this.records = records;
    store.onChange(({ collection, id }) => {
      if (collection === BUCKETS) this.forget(id);
    });
  }

  async find(name: string): Promise<BucketRecord | undefined> {
    const known = this.known.get(name);
    if (known) return known;
    const before = this.changes;
    const bucket = await this.records.buckets.get(GLOBAL, name);
    if (bucket && before === this.changes) this.known.set(name, bucket);
    return bucket;
  }

  /** When the store was emptied. */
  clear(): void {
    this.changes++;
    this.known.clear();
  }

  private forget(name: string): void {
    this.changes++;
    this.known.delete(name);
  }
}
