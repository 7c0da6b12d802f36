import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import type { Scope } from "../../base/scope.ts";
import { ReconcileLoop } from "../../control/loop.ts";
import { placeOf, recordKey, storeChanges } from "../../control/record-keys.ts";
import type { Store } from "../../store/store.ts";
import type { KeyCrypto } from "../kms/key-crypto.ts";
import { tend } from "./tending.ts";
import type { RotationFunctions } from "./rotation-functions.ts";
import { secretsManagerCollections, type SecretsManagerCollections } from "./store.ts";

export interface SecretsManagerOptions {
  store: Store;
  /** What encrypts the values. */
  keys: KeyCrypto;
  /** What rotates them. */
  functions: RotationFunctions;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** AWS Secrets Manager: secrets, and the loop that does what is due: deletes those marked for it, rotates those with a schedule. */
export class SecretsManager implements Component {
  readonly name = "secretsmanager";
  readonly store: Store;
  readonly keys: KeyCrypto;
  readonly functions: RotationFunctions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly records: SecretsManagerCollections;
  private readonly queue = new KeyedQueue();
  private readonly loop: ReconcileLoop;

  constructor({ store, keys, functions, clock, ids, log }: SecretsManagerOptions) {
    this.store = store;
    this.keys = keys;
    this.functions = functions;
    this.clock = clock;
    this.ids = ids;
    this.log = log;
    this.records = secretsManagerCollections(store);
    const { secrets } = this.records;
    this.loop = new ReconcileLoop({
      name: "secretsmanager",
      clock,
      log,
      debounceMs: 0,
      sources: [
        storeChanges(store, ({ collection, kind, scope, id, values }) => {
          if (collection !== secrets.name || kind !== "put") return [];
          return values["deletesAt"] !== null || values["rotatesAt"] !== null ? [recordKey({ scope, id })] : [];
        }),
      ],
      unfinished: async () =>
        [
          ...(await secrets.listAll({ from: { deletesAt: 0 } })),
          ...(await secrets.listAll({ from: { rotatesAt: 0 } })),
        ].map(recordKey),
      reconcile: (key) => tend(this, placeOf(key)),
    });
  }

  async start(): Promise<void> {
    await this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** Runs what changes a secret alone: a secret and its copies in other Regions, which share its name, are written together. */
  exclusively<T>({ account }: Scope, name: string, work: () => Promise<T>): Promise<T> {
    return this.queue.run(`${account}/${name}`, work);
  }
}
