import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";
import type { Keyring } from "../../keyring/keyring.ts";
import type { KeySpecFacts } from "./key-specs.ts";
import type { KeyMaterial, KeyRecord } from "./records.ts";

const PURPOSE = "kms-key";
const makeKeyPair = promisify(generateKeyPair);

/** New secret bytes: of symmetric and HMAC keys themselves, of others the private key (PKCS #8). */
export async function generateMaterial(facts: KeySpecFacts): Promise<Buffer> {
  if (facts.kind === "symmetric" || facts.kind === "hmac") return randomBytes(facts.bits / 8);
  return exportPrivateKey(await generatePair(facts));
}

/** A private key of an RSA or elliptic curve specification. */
export async function generatePair({ kind, bits, curve }: KeySpecFacts): Promise<KeyObject> {
  const { privateKey } =
    kind === "rsa"
      ? await makeKeyPair("rsa", { modulusLength: bits })
      : await makeKeyPair("ec", { namedCurve: curve! });
  return privateKey;
}

export function exportPrivateKey(key: KeyObject): Buffer {
  return key.export({ type: "pkcs8", format: "der" });
}

export function importPrivateKey(bytes: Buffer): KeyObject {
  return createPrivateKey({ key: bytes, format: "der", type: "pkcs8" });
}

/** SubjectPublicKeyInfo. */
export function exportPublicKey(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: "spki", format: "der" });
}

/** The fields of a record that new material changes. */
export function sealMaterial(
  keyring: Keyring,
  keyArn: string,
  { kind }: Pick<KeySpecFacts, "kind">,
  bytes: Buffer,
  createdAt: Date,
): { material: KeyMaterial; publicKey?: string } {
  const id = materialId(keyArn, bytes);
  const sealed = keyring.seal(PURPOSE, bytes, context(keyArn, id)).toString("base64");
  const material = { id, sealed, createdAt };
  if (kind === "symmetric" || kind === "hmac") return { material };
  return { material, publicKey: exportPublicKey(importPrivateKey(bytes)).toString("base64") };
}

/** The same bytes in the same key have the same id. */
export function materialId(keyArn: string, bytes: Buffer): string {
  return createHash("sha256").update(keyArn).update("\0").update(bytes).digest("hex");
}

/** @throws SealError when the table or the keyring is another's */
export function openMaterial(keyring: Keyring, keyArn: string, { id, sealed }: KeyMaterial): Buffer {
  return keyring.open(PURPOSE, Buffer.from(sealed!, "base64"), context(keyArn, id));
}

/** What encrypts now; of a key that is enabled. */
export function currentMaterial(key: KeyRecord): KeyMaterial {
  return latestMaterial(key)!;
}

/** The material in use, be it deleted or expired; a key for imports may never have had any. */
export function latestMaterial({ materials }: KeyRecord): KeyMaterial | undefined {
  return materials.findLast(({ pending }) => !pending);
}

function context(keyArn: string, id: string): string {
  return `${keyArn}/${id}`;
}
