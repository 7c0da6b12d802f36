import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Keyring } from "../keyring/keyring.ts";
import { readSealedFile, writeSealedFile } from "../keyring/sealed-file.ts";

/** Bytes of the secret. */
const LENGTH = 32;

/**
 * What all temporary credentials of this data folder are derived from, made at the first start; sealed.
 * @throws Error when the file is there but is no such secret: with a new one, all credentials in use would end
 */
export function loadOrCreateSessionSecret(dataFolder: string, keyring: Keyring): Buffer {
  const formerly = join(dataFolder, "identity", "session-secret");
  const file = { path: `${formerly}.sealed`, purpose: "session-secret", context: "", formerly };
  const stored = readSealedFile(keyring, file);
  if (stored) {
    if (stored.length !== LENGTH) throw new Error(`${file.path} does not hold a secret of ${LENGTH} bytes`);
    return stored;
  }
  const secret = randomBytes(LENGTH);
  writeSealedFile(keyring, file, secret);
  return secret;
}
