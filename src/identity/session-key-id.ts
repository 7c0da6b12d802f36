/** Base 32 as in RFC 4648, five bits a character. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const PREFIX = "ASIA";
const CHARACTERS = 16;
/** Behind the first bit, which is set, and before those that tell keys apart. */
const ACCOUNT_BITS = 40n;
const UNIQUE_BITS = 39n;
const FIRST_BIT = 1n << (ACCOUNT_BITS + UNIQUE_BITS);

/**
 * The id of a temporary key: as with AWS its account can be read from it, of which GetAccessKeyInfo lives.
 * @param unique what tells it from others of the account, five bytes or more
 */
export function sessionKeyId(account: string, unique: Buffer): string {
  const own = BigInt(unique.readUIntBE(0, 5)) & ((1n << UNIQUE_BITS) - 1n);
  let bits = FIRST_BIT | (BigInt(account) << UNIQUE_BITS) | own;
  let text = "";
  for (let at = 0; at < CHARACTERS; at++) {
    text = ALPHABET[Number(bits & 31n)]! + text;
    bits >>= 5n;
  }
  return PREFIX + text;
}

/** The account of a temporary key; `undefined` when the id is none of a temporary key. */
export function accountOfSessionKey(accessKeyId: string): string | undefined {
  if (!/^ASIA[Q-Z2-7][A-Z2-7]{15}$/.test(accessKeyId)) return undefined;
  let bits = 0n;
  for (const character of accessKeyId.slice(PREFIX.length)) bits = (bits << 5n) | BigInt(ALPHABET.indexOf(character));
  const account = String((bits ^ FIRST_BIT) >> UNIQUE_BITS).padStart(12, "0");
  return account.length === 12 ? account : undefined;
}
