import { SealError } from "../../keyring/keyring.ts";
import { invalidGrantToken } from "./errors.ts";
import type { Kms } from "./kms.ts";

const PURPOSE = "kms-grant-token";

/** Which grant a token is of. */
export interface GrantTokenFacts {
  keyArn: string;
  grantId: string;
}

export function formatGrantToken(kms: Kms, { keyArn, grantId }: GrantTokenFacts): string {
  return kms.keyring.seal(PURPOSE, Buffer.from(JSON.stringify({ keyArn, grantId })), "").toString("base64");
}

/** @throws AwsError InvalidGrantTokenException */
export function readGrantToken(kms: Kms, token: string): GrantTokenFacts {
  try {
    return JSON.parse(kms.keyring.open(PURPOSE, Buffer.from(token, "base64"), "").toString()) as GrantTokenFacts;
  } catch (cause) {
    if (cause instanceof SealError) throw invalidGrantToken();
    throw cause;
  }
}
