import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";

/** Bytes of the secret. */
const LENGTH = 32;

/**
 * What all temporary credentials of this data folder are derived from, made at the first start; readable by its owner
 * only.
 * @throws Error when the file is there but is no such secret: with a new one, all credentials in use would end
 */
export function loadOrCreateSessionSecret(dataFolder: string): Buffer {
  const path = join(dataFolder, "identity", "session-secret");
  try {
    const stored = readFileSync(path);
    if (stored.length !== LENGTH) throw new Error(`${path} does not hold a secret of ${LENGTH} bytes`);
    chmodSync(path, 0o600);
    return stored;
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT") throw cause;
  }
  const secret = randomBytes(LENGTH);
  writeFileAtomic(path, secret, 0o600);
  return secret;
}
