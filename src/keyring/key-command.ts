import { CommandError, run } from "../base/command.ts";
import { knownMasterKey, MASTER_KEY_BYTES, MasterKeyError, parseMasterKey } from "./master-key.ts";
import type { MasterKey } from "./master-key.ts";

const TIMEOUT_MS = 60_000;
/** A key has 64 at most; what comes with it are explanations of a failure. */
const MAX_BYTES = 16_384;

/**
 * Has a program tell the master key: 32 bytes in base 64 or hexadecimal digits on its standard output.
 * @throws MasterKeyError when it fails or prints something else; what it printed is not told
 */
export async function askKeyCommand([program = "", ...args]: readonly string[]): Promise<MasterKey> {
  let stdout: string;
  try {
    ({ stdout } = await run(program, args, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }));
  } catch (cause) {
    const { reason = "it could not be run", stderr = "" } = cause instanceof CommandError ? cause : {};
    // Without its cause, which would have the arguments in the log.
    throw new MasterKeyError(
      `the command ${program} (--master-key-command) gave no master key: ${stderr.trim() || reason}`,
    );
  }
  const key = parseMasterKey(stdout);
  if (!key)
    throw new MasterKeyError(
      `the command ${program} (--master-key-command) printed no master key: ` +
        `it must print ${MASTER_KEY_BYTES} bytes in base 64 or as hexadecimal digits, and nothing else`,
    );
  return knownMasterKey(key, { provider: "command", place: program });
}
