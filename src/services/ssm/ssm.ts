import type { GetSecretValueRequest, GetSecretValueResponse } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import { parseScopeKey, type Scope, scopeKey } from "../../base/scope.ts";
import { ReconcileLoop } from "../../control/loop.ts";
import { placeOf, recordKey, storeChanges } from "../../control/record-keys.ts";
import type { Caller } from "../../identity/caller.ts";
import type { Keyring } from "../../keyring/keyring.ts";
import type { Store } from "../../store/store.ts";
import type { KeyCrypto } from "../kms/key-crypto.ts";
import { pathOf } from "./names.ts";
import { removeParameter } from "./parameters.ts";
import { ssmCollections, type SsmCollections } from "./store.ts";

/** Reads a secret in somebody's name, as its request to Secrets Manager would. */
export type SecretReader = (
  input: GetSecretValueRequest,
  caller: Caller,
  scope: Scope,
) => Promise<GetSecretValueResponse>;

/** What a client needs to connect to a session. */
export interface SessionAccess {
  sessionId: string;
  streamUrl: string;
  tokenValue: string;
}

/** The sessions of Session Manager. Those of ECS Exec are all that there are. */
export interface SessionDirectory {
  /** @returns `undefined` when there is no such session (any more) */
  resume(scope: Scope, sessionId: string): SessionAccess | undefined;
  terminate(scope: Scope, sessionId: string): Promise<boolean>;
}

export interface SsmOptions {
  store: Store;
  /** What encrypts SecureStrings. */
  keys: KeyCrypto;
  /** What encrypts the others. */
  keyring: Keyring;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** AWS Systems Manager: Parameter Store, with the loop that deletes parameters whose time is over. */
export class Ssm implements Component {
  readonly name = "ssm";
  readonly store: Store;
  readonly keys: KeyCrypto;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly records: SsmCollections;
  private readonly queue = new KeyedQueue();
  private readonly loop: ReconcileLoop;
  private reader: SecretReader | undefined;
  private directory: SessionDirectory | undefined;

  constructor({ store, keys, keyring, clock, ids, log }: SsmOptions) {
    this.store = store;
    this.keys = keys;
    this.keyring = keyring;
    this.clock = clock;
    this.ids = ids;
    this.records = ssmCollections(store);
    const { parameters } = this.records;
    this.loop = new ReconcileLoop({
      name: "ssm",
      clock,
      log,
      debounceMs: 0,
      sources: [
        storeChanges(store, ({ collection, kind, scope, id, values }) =>
          collection === parameters.name && kind === "put" && values["expiresAt"] !== null
            ? [recordKey({ scope, id })]
            : [],
        ),
      ],
      unfinished: async () => (await parameters.listAll({ from: { expiresAt: 0 } })).map(recordKey),
      reconcile: (key) => this.expire(placeOf(key)),
    });
  }

  async start(): Promise<void> {
    await this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** Runs what changes a parameter alone. */
  exclusively<T>(scope: Scope, name: string, work: () => Promise<T>): Promise<T> {
    return this.queue.run(`${scopeKey(scope)}${pathOf(name)}`, work);
  }

  /** Whom to ask for the secrets that parameters refer to: there is Secrets Manager only after us. */
  useSecrets(reader: SecretReader): void {
    this.reader = reader;
  }

  get secrets(): SecretReader {
    if (!this.reader) throw new Error("there is no Secrets Manager to ask");
    return this.reader;
  }

  /** Where sessions are. */
  useSessions(directory: SessionDirectory): void {
    this.directory = directory;
  }

  get sessions(): SessionDirectory {
    if (!this.directory) throw new Error("there are no sessions");
    return this.directory;
  }

  /** Deletes a parameter whose time is over. @returns when that is, unless it is or there is no such time */
  private async expire({ scope, id: path }: ReturnType<typeof placeOf>): Promise<number | undefined> {
    const at = (await this.records.parameters.get(scope, path))?.expiresAt?.getTime();
    if (at === undefined || at > this.clock.now()) return at;
    const where = parseScopeKey(scope);
    await this.exclusively(where, path, () =>
      this.store.transaction(async () => {
        const parameter = await this.records.parameters.get(scope, path);
        if (parameter?.expiresAt && parameter.expiresAt.getTime() <= this.clock.now())
          await removeParameter(this, where, parameter);
      }),
    );
    return undefined;
  }
}
