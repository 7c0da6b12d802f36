import type { Logger } from "../../base/log.ts";
import { parseScopeKey } from "../../base/scope.ts";
import { ReconcileLoop } from "../../control/loop.ts";
import { placeOf, recordKey, storeChanges } from "../../control/record-keys.ts";
import { deleteKey, expireMaterial, rotateKey } from "./key-changes.ts";
import type { Kms } from "./kms.ts";
import { nextDue } from "./store.ts";

/** Does to keys what is due by the clock: deletes them, forgets imported material, rotates. */
export function keyClock(kms: Kms, log: Logger): ReconcileLoop {
  const { store, records, clock } = kms;
  return new ReconcileLoop({
    name: "kms-clock",
    clock,
    log,
    debounceMs: 0,
    sources: [
      storeChanges(store, ({ collection, scope, id, values }) =>
        collection === records.keys.name && values["due"] != null ? [recordKey({ scope, id })] : [],
      ),
    ],
    unfinished: async () => (await records.keys.listAll({ from: { due: 0 } })).map(recordKey),
    reconcile: (place) => doWhatIsDue(kms, place),
  });
}

/** @param place of the key's record @returns when to look again */
async function doWhatIsDue(kms: Kms, place: string): Promise<number | undefined> {
  const { scope, id } = placeOf(place);
  const key = await kms.records.keys.get(scope, id);
  const due = key && nextDue(key);
  if (!key || due === undefined || due > kms.clock.now()) return due;
  if (key.deletionDate) await deleteKey(kms, parseScopeKey(scope), id);
  else if (key.rotation && key.rotation.nextAt.getTime() <= due)
    await rotateKey(kms, parseScopeKey(scope), id, "AUTOMATIC");
  else await expireMaterial(kms, parseScopeKey(scope), id);
  const left = await kms.records.keys.get(scope, id);
  return left && nextDue(left);
}
