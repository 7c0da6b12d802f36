import type { Logger } from "../../base/log.ts";
import { scopeKey } from "../../base/scope.ts";
import { ReconcileLoop } from "../../control/loop.ts";
import { deleteKey, expireMaterial, rotateKey } from "./key-changes.ts";
import type { Kms } from "./kms.ts";
import { nextDue } from "./store.ts";

/** Does to keys what is due by the clock: deletes them, forgets imported material, rotates. */
export class KeyClock {
  private readonly kms: Kms;
  private readonly loop: ReconcileLoop;
  private unsubscribe: (() => void) | undefined;

  constructor(kms: Kms, log: Logger) {
    this.kms = kms;
    this.loop = new ReconcileLoop({
      name: "kms-clock",
      clock: kms.clock,
      log,
      debounceMs: 0,
      reconcile: (key) => this.look(key),
    });
  }

  async start(): Promise<void> {
    const { store, records } = this.kms;
    this.loop.start();
    this.unsubscribe = store.onChange(({ collection, scope, id, values }) => {
      if (collection === records.keys.name && values["due"] != null) this.loop.wake(loopKey(scope, id));
    });
    for (const { scope, id } of await records.keys.listAll({ from: { due: 0 } })) this.loop.wake(loopKey(scope, id));
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    await this.loop.stop();
  }

  /** Does what is due and tells when to look again. */
  private async look(name: string): Promise<number | undefined> {
    const { kms } = this;
    const [account = "", region = "", id = ""] = name.split("/");
    const scope = { account, region };
    const key = await kms.records.keys.get(scopeKey(scope), id);
    const due = key && nextDue(key);
    if (!key || due === undefined || due > kms.clock.now()) return due;
    if (key.deletionDate) await deleteKey(kms, scope, id);
    else if (key.rotation && key.rotation.nextAt.getTime() <= due) await rotateKey(kms, scope, id, "AUTOMATIC");
    else await expireMaterial(kms, scope, id);
    const left = await kms.records.keys.get(scopeKey(scope), id);
    return left && nextDue(left);
  }
}

function loopKey(scope: string, id: string): string {
  return `${scope}/${id}`;
}
