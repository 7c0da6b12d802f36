import type { PrefixListRecord } from "./store.ts";

/** The entries of a list's current version. */
export function prefixListEntries(list: PrefixListRecord): PrefixListRecord["versions"][number]["entries"] {
  return list.versions.at(-1)?.entries ?? [];
}
