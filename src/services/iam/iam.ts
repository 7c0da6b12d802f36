import type { Clock } from "../../base/clock.ts";
import type { Ids } from "../../base/ids.ts";
import type { Component } from "../../base/lifecycle.ts";
import type { Logger } from "../../base/log.ts";
import type { Scope } from "../../base/scope.ts";
import type { Keyring } from "../../keyring/keyring.ts";
import type { Store } from "../../store/store.ts";
import { Directory } from "./directory.ts";
import { LastUses } from "./last-uses.ts";
import { iamCollections, type IamCollections } from "./store.ts";

export interface IamOptions {
  store: Store;
  /** Seals secret access keys. */
  keyring: Keyring;
  /** The root user's access key, as it is now. */
  rootKey: () => RootKeyFacts;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

/** What may be told of a root user's access key. */
export interface RootKeyFacts {
  account: string;
  accessKeyId: string;
  /** ISO 8601. */
  createdAt?: string | undefined;
}

/** AWS Identity and Access Management: users, groups, roles and policies of every account. */
export class Iam implements Component {
  readonly name = "iam";
  readonly store: Store;
  readonly keyring: Keyring;
  readonly rootKey: () => RootKeyFacts;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly records: IamCollections;
  readonly lastUses: LastUses;
  /** What the front door asks. */
  readonly directory: Directory;
  /** By service: the ARNs of what uses its service-linked role. It cannot be deleted while there are any. */
  readonly linkedRoleUsers = new Map<string, (scope: Scope) => Promise<string[]>>();

  constructor({ store, keyring, rootKey, clock, ids, log }: IamOptions) {
    this.store = store;
    this.keyring = keyring;
    this.rootKey = rootKey;
    this.clock = clock;
    this.ids = ids;
    this.log = log;
    this.records = iamCollections(store);
    this.lastUses = new LastUses(this.records.lastUses, clock, log);
    this.directory = new Directory(this);
  }

  start(): void {
    this.lastUses.clear();
    this.directory.clear();
  }

  async stop(): Promise<void> {
    await this.lastUses.flush();
  }

  /** Now, to the second: IAM tells times no finer. */
  now(): Date {
    return new Date(Math.floor(this.clock.now() / 1000) * 1000);
  }
}
