import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { messageOf } from "../../base/errors.ts";
import { MasterKeyError, type MasterKey } from "../master-key.ts";
import { Pkcs11Module, type Attribute } from "./module.ts";
import { parseTokenKeyUri, type TokenKeyUri } from "./uri.ts";

const IV_BYTES = 12;
const CKA = { CLASS: 0x000, LABEL: 0x003, KEY_TYPE: 0x100, ID: 0x102 };
const CKO_SECRET_KEY = 4;
const CKK_AES = 0x1f;

/** A key that was found, in a session that is logged in. */
interface OpenKey {
  session: number;
  key: number;
  /** The serial number of the token and the name of the key. */
  id: string;
}

/**
 * The AES key of a PKCS #11 token that a `pkcs11:` URI names. It never leaves the token, which encrypts and decrypts the
 * data key by AES-GCM; the token is needed at the start alone.
 * @throws MasterKeyError when library, token, PIN or key are not there, or not right
 */
export function openTokenKey(uri: string): MasterKey {
  const wanted = parseTokenKeyUri(uri);
  const module = new Pkcs11Module(wanted.modulePath);
  const withKey = <T>(work: (key: OpenKey) => T): T => module.use(() => work(openKey(module, wanted)));
  const id = withKey((key) => key.id);
  const name = wanted.object ?? wanted.id;
  return {
    facts: { provider: "pkcs11", id, place: `key ${name} of ${tokenName(wanted)}, ${wanted.modulePath}` },
    wrap: (dataKey) => {
      const iv = randomBytes(IV_BYTES);
      const wrapped = withKey(({ session, key }) => module.crypt("Encrypt", session, key, iv, dataKey));
      return Buffer.concat([iv, wrapped]);
    },
    unwrap: (wrapped) => {
      const [iv, rest] = [wrapped.subarray(0, IV_BYTES), wrapped.subarray(IV_BYTES)];
      return withKey(({ session, key }) => module.crypt("Decrypt", session, key, iv, rest));
    },
  };
}

function openKey(module: Pkcs11Module, wanted: TokenKeyUri): OpenKey {
  const { slot, serial } = findToken(module, wanted);
  const session = module.openSession(slot);
  if (wanted.pinFile !== undefined && !module.login(session, readPin(wanted.pinFile)))
    throw new MasterKeyError(`the PIN in ${wanted.pinFile} is not that of ${tokenName(wanted)}`);
  const [key, ...more] = module.find(session, keyAttributes(wanted));
  const name = wanted.object ?? wanted.id;
  if (key === undefined || more.length > 0)
    throw new MasterKeyError(
      `${tokenName(wanted)} has ${key === undefined ? "no" : "more than one"} AES key ${name}` +
        (wanted.pinFile === undefined ? ", at least none that is seen without a PIN: name its file by pin-source" : ""),
    );
  return { session, key, id: `${serial}/${name}` };
}

function findToken(module: Pkcs11Module, wanted: TokenKeyUri): { slot: number; serial: string } {
  const tokens = module.slots().flatMap((slot) => {
    const token = module.token(slot);
    return token ? [{ slot, ...token }] : [];
  });
  const found = tokens.filter(
    ({ label, serial }) =>
      (wanted.token === undefined || label === wanted.token) &&
      (wanted.serial === undefined || serial === wanted.serial),
  );
  if (found.length === 1) return found[0]!;
  throw new MasterKeyError(
    `${wanted.modulePath} has ${found.length === 0 ? "no" : "more than one"} ${tokenName(wanted)}; ` +
      `it has ${tokens.map(({ label, serial }) => `"${label}" (serial ${serial})`).join(", ") || "none"}`,
  );
}

function keyAttributes({ object, id }: TokenKeyUri): Attribute[] {
  const number = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  return [
    { type: CKA.CLASS, value: number(CKO_SECRET_KEY) },
    { type: CKA.KEY_TYPE, value: number(CKK_AES) },
    ...(object === undefined ? [] : [{ type: CKA.LABEL, value: Buffer.from(object) }]),
    ...(id === undefined ? [] : [{ type: CKA.ID, value: Buffer.from(id, "hex") }]),
  ];
}

function readPin(path: string): string {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw new MasterKeyError(`the PIN of the token cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function tokenName({ token, serial }: TokenKeyUri): string {
  if (token !== undefined) return `token "${token}"`;
  return serial === undefined ? "token" : `token with serial ${serial}`;
}
