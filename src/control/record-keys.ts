import type { Change, Store } from "../store/store.ts";
import type { KeySource } from "./loop.ts";

/** What a loop calls a document: its scope, a space, its id. Ids may have spaces, scopes have none. */
export function recordKey({ scope, id }: { scope: string; id: string }): string {
  return `${scope} ${id}`;
}

/** The inverse of {@link recordKey}. */
export function placeOf(key: string): { scope: string; id: string } {
  const space = key.indexOf(" ");
  return { scope: key.slice(0, space), id: key.slice(space + 1) };
}

/**
 * Committed changes as what wakes keys.
 * @param keysOf those that a change concerns; it must be quick
 */
export function storeChanges(store: Pick<Store, "onChange">, keysOf: (change: Change) => Iterable<string>): KeySource {
  return (wake) =>
    store.onChange((change) => {
      for (const key of keysOf(change)) wake(key);
    });
}
