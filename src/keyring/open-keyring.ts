import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import type { Config, MasterKeySource } from "../config.ts";
import {
  envelopePath,
  hasSealedFiles,
  identityFolder,
  readEnvelope,
  writeEnvelope,
  type Envelope,
} from "./envelope.ts";
import { askKeyCommand } from "./key-command.ts";
import { keyFilePath, makeKeyFile, makeKeyFileIn, readKeyFile, removeKeyFile } from "./key-file.ts";
import { Keyring, type MasterKeyFacts } from "./keyring.ts";
import { MASTER_KEY_BYTES, MasterKeyError, type MasterKey } from "./master-key.ts";
import { openTokenKey } from "./pkcs11/token-key.ts";

/** What the keyring needs to know of the configuration. */
export type KeyringConfig = Pick<Config, "dataFolder" | "masterKey" | "keysFolder" | "ephemeral">;

/**
 * The keyring of a data folder. Its data key lies in `identity/keyring.json`, wrapped by the master key, which lies
 * elsewhere. The first start makes both; afterwards neither is made anew, since that would lose what is sealed.
 * @throws MasterKeyError when the master key is missing or another one, or `keyring.json` is
 */
export async function openKeyring(config: KeyringConfig): Promise<Keyring> {
  const { dataFolder } = config;
  const envelope = readEnvelope(dataFolder);
  if (!envelope) return await makeKeyring(config);
  const master = await masterKeyOf(config, envelope);
  if (master) return new Keyring(unwrap(dataFolder, master, envelope), master.facts);
  if (!config.ephemeral) throw missingKey(config, envelope);
  // Its key was gone with the last boot: what is sealed is as good as forgotten, which is all that is left to do.
  rmSync(identityFolder(dataFolder), { recursive: true, force: true });
  return await makeKeyring(config);
}

/**
 * Puts another master key in place of the one that is configured: the data key is wrapped anew, and what it sealed stays
 * as it is. The former key's file is removed if Neargate had made it. The engine may be running.
 * @param next where the new key is; a new file in the usual folder unless told
 * @throws MasterKeyError
 */
export async function rotateMasterKey(
  config: KeyringConfig,
  next: MasterKeySource = { kind: "own" },
): Promise<MasterKeyFacts> {
  const { dataFolder, keysFolder } = config;
  const envelope = readEnvelope(dataFolder);
  if (!envelope) throw new MasterKeyError(`${dataFolder} has no master key yet: the engine's first start makes it`);
  const master = await masterKeyOf(config, envelope);
  if (!master) throw missingKey(config, envelope);
  const dataKey = unwrap(dataFolder, master, envelope);
  const successor = await firstMasterKey(next, keysFolder);
  writeEnvelope(dataFolder, wrap(dataKey, successor));
  // The same key may have been named anew, by whatever path.
  if (successor.facts.id !== envelope.masterKey) removeKeyFile(keysFolder, envelope.masterKey);
  return successor.facts;
}

/**
 * Looks whether the master key of a data folder is there and opens it; nothing is made.
 * @returns which it is; `undefined` when the data folder has none yet
 * @throws MasterKeyError as {@link openKeyring}
 */
export async function examineMasterKey(config: KeyringConfig): Promise<MasterKeyFacts | undefined> {
  const envelope = readEnvelope(config.dataFolder);
  if (!envelope) return undefined;
  const master = await masterKeyOf(config, envelope);
  if (!master) throw missingKey(config, envelope);
  unwrap(config.dataFolder, master, envelope);
  return master.facts;
}

/** Which master key seals the data folder now: another than it was opened with, if it was rotated since. */
export function presentMasterKey(dataFolder: string, opened: MasterKeyFacts): MasterKeyFacts {
  const envelope = knownEnvelope(dataFolder);
  if (!envelope || envelope.masterKey === opened.id) return opened;
  return { provider: envelope.provider, id: envelope.masterKey, place: envelope.place };
}

/**
 * What forgets the master key of a data folder: called once the folder's content is gone, made before, since the folder
 * says which key it is. Only a file that Neargate made is removed.
 */
export function masterKeyRemoval({ dataFolder, keysFolder }: Pick<Config, "dataFolder" | "keysFolder">): () => void {
  const id = knownEnvelope(dataFolder)?.masterKey;
  return () => {
    if (id !== undefined) removeKeyFile(keysFolder, id);
  };
}

function knownEnvelope(dataFolder: string): Envelope | undefined {
  try {
    return readEnvelope(dataFolder);
  } catch (cause) {
    if (cause instanceof MasterKeyError) return undefined; // damaged: it does not say
    throw cause;
  }
}

async function makeKeyring({ dataFolder, masterKey, keysFolder }: KeyringConfig): Promise<Keyring> {
  if (hasSealedFiles(dataFolder))
    throw new MasterKeyError(
      `${envelopePath(dataFolder)} is missing, without which the secrets in ${dataFolder} cannot be opened: ` +
        "put it back from a backup of the data folder",
    );
  const master = await firstMasterKey(masterKey, keysFolder);
  const dataKey = randomBytes(MASTER_KEY_BYTES);
  writeEnvelope(dataFolder, wrap(dataKey, master));
  return new Keyring(dataKey, master.facts);
}

/** The key to wrap a data key with for the first time. Where a file is to be, it is made. */
async function firstMasterKey(source: MasterKeySource, keysFolder: string): Promise<MasterKey> {
  switch (source.kind) {
    case "own":
      return makeKeyFileIn(keysFolder);
    case "file":
      return readKeyFile(source.path) ?? makeKeyFile(source.path);
    case "command":
      return await askKeyCommand(source.argv);
    case "pkcs11":
      return openTokenKey(source.uri);
  }
}

/** The configured key; `undefined` when there is none at the place. */
async function masterKeyOf(config: KeyringConfig, envelope: Envelope): Promise<MasterKey | undefined> {
  const { masterKey: source, keysFolder } = config;
  switch (source.kind) {
    case "own":
      return readKeyFile(keyFilePath(keysFolder, envelope.masterKey));
    case "file":
      return readKeyFile(source.path);
    case "command":
      return await askKeyCommand(source.argv);
    case "pkcs11":
      return openTokenKey(source.uri);
  }
}

function wrap(dataKey: Uint8Array, master: MasterKey): Envelope {
  const { provider, id, place } = master.facts;
  return { provider, masterKey: id, place, wrappedDataKey: master.wrap(dataKey).toString("base64") };
}

function unwrap(dataFolder: string, { facts, unwrap: open }: MasterKey, envelope: Envelope): Buffer {
  if (facts.id !== envelope.masterKey)
    throw new MasterKeyError(
      `the secrets in ${dataFolder} are sealed under master key ${envelope.masterKey} (${envelope.provider}), but ` +
        `${facts.place} is master key ${facts.id}: ${REMEDY}`,
    );
  try {
    return open(Buffer.from(envelope.wrappedDataKey, "base64"));
  } catch (cause) {
    throw new MasterKeyError(
      `master key ${facts.id} (${facts.place}) does not open ${envelopePath(dataFolder)}: ` +
        "put that file back from a backup of the data folder, or the key from its own",
      { cause },
    );
  }
}

const REMEDY =
  "name the right one with --master-key-file, --master-key-command or --master-key-pkcs11, or put it back from its backup";

function missingKey({ dataFolder, masterKey, keysFolder }: KeyringConfig, envelope: Envelope): MasterKeyError {
  const place = masterKey.kind === "file" ? masterKey.path : keyFilePath(keysFolder, envelope.masterKey);
  return new MasterKeyError(
    `the secrets in ${dataFolder} are sealed under master key ${envelope.masterKey} (${envelope.provider}), ` +
      `and there is no ${place}: ${REMEDY}`,
  );
}
