import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import type { ReconcileLoop } from "../../control/loop.ts";
import type { Authorizer } from "../../identity/authorization.ts";
import type { Keyring } from "../../keyring/keyring.ts";
import type { Store } from "../../store/store.ts";
import { keyClock } from "./key-clock.ts";
import { kmsCollections, type KmsCollections } from "./store.ts";

export interface KmsOptions {
  store: Store;
  /** Seals the keys' material. */
  keyring: Keyring;
  /** Asked for what other services do with keys in a caller's name. */
  authorizer: Authorizer;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** AWS Key Management Service: the keys of every account and Region, and what is done with them. */
export class Kms implements Component {
  readonly name = "kms";
  readonly store: Store;
  readonly keyring: Keyring;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly records: KmsCollections;
  private readonly clockwork: ReconcileLoop;

  constructor({ store, keyring, authorizer, clock, ids, log }: KmsOptions) {
    this.store = store;
    this.keyring = keyring;
    this.authorizer = authorizer;
    this.clock = clock;
    this.ids = ids;
    this.records = kmsCollections(store);
    this.clockwork = keyClock(this, log);
  }

  async start(): Promise<void> {
    await this.clockwork.start();
  }

  async stop(): Promise<void> {
    await this.clockwork.stop();
  }

  now(): Date {
    return new Date(this.clock.now());
  }
}
