import type { AlgorithmSpec } from "@aws-sdk/client-kms";
import { SealError } from "../../keyring/keyring.ts";
import { invalidImportToken } from "./errors.ts";
import type { Kms } from "./kms.ts";

const PURPOSE = "kms-import";

/** What belongs to one public key that material is wrapped with; it is kept by the caller alone, sealed, as its token. */
export interface ImportTokenFacts {
  algorithm: AlgorithmSpec;
  /** Milliseconds since 1970. */
  validTo: number;
  /** PKCS #8. */
  privateKey: Buffer;
}

export function formatImportToken(kms: Kms, keyArn: string, facts: ImportTokenFacts): Buffer {
  const text = JSON.stringify({ ...facts, privateKey: facts.privateKey.toString("base64") });
  return kms.keyring.seal(PURPOSE, Buffer.from(text), keyArn);
}

/** @throws AwsError InvalidImportTokenException, also for the token of another key */
export function readImportToken(kms: Kms, keyArn: string, token: Uint8Array): ImportTokenFacts {
  try {
    const facts = JSON.parse(kms.keyring.open(PURPOSE, token, keyArn).toString()) as Omit<
      ImportTokenFacts,
      "privateKey"
    > & {
      privateKey: string;
    };
    return { ...facts, privateKey: Buffer.from(facts.privateKey, "base64") };
  } catch (cause) {
    if (cause instanceof SealError) throw invalidImportToken();
    throw cause;
  }
}
