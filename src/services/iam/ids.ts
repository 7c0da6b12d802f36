import type { Ids } from "../../base/ids.ts";
import { base32 } from "../../identity/base32.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
export type IdPrefix = "AROA" | "ANPA" | "AIPA" | "AGPA" | "AIDA";

const RANDOM_CHARACTERS = 17;

/** A unique id, such as `AROAJQABLZS4A3QDU576Q`. */
export function newId(ids: Ids, prefix: IdPrefix): string {
  return prefix + base32(Buffer.from(ids.hex(2 * RANDOM_CHARACTERS), "hex"), RANDOM_CHARACTERS);
}
