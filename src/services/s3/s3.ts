import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import type { Store } from "../../store/store.ts";
import { BucketCache } from "./bucket-cache.ts";
import { Contents } from "./contents.ts";
import { declareCollections, type Collections } from "./store.ts";

export interface S3Options {
  store: Store;
  /** S3's part of the data folder. */
  folder: string;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** Amazon S3, as far as the engine's own features need it: buckets and objects, without versions. */
export class S3 implements Component {
  readonly name = "s3";
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly records: Collections;
  readonly contents: Contents;
  readonly buckets: BucketCache;

  constructor({ store, folder, clock, ids, log }: S3Options) {
    this.store = store;
    this.clock = clock;
    this.ids = ids;
    this.records = declareCollections(store);
    this.contents = new Contents(folder, this.records, ids, log);
    this.buckets = new BucketCache(store, this.records);
  }

  async start(): Promise<void> {
    await this.contents.open();
  }

  stop(): void {}

  /** Removes all objects' bytes, after the store was emptied. */
  async clear(): Promise<void> {
    this.buckets.clear();
    await this.contents.clear();
  }
}
