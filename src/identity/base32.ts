/** AWS's ids of keys and roles are base 32: capitals and the digits 2 to 7. */
const BASE32_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The first `length` characters that stand for these bytes; each takes five bits of a byte of its own. */
export function base32(bytes: Uint8Array, length: number): string {
  return Array.from(bytes.subarray(0, length), (byte) => BASE32_ALPHABET[byte & 31]).join("");
}
