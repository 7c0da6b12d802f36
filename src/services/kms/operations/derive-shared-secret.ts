import { createPublicKey, diffieHellman, type KeyObject } from "node:crypto";
import type { DeriveSharedSecretRequest, DeriveSharedSecretResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidUsage, validationError } from "../errors.ts";
import { currentMaterial, importPrivateKey, openMaterial } from "../key-material.ts";
import { factsOf } from "../key-specs.ts";
import type { Kms } from "../kms.ts";
import { endDryRun, usableKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html */
export function deriveSharedSecret(kms: Kms) {
  return async (input: DeriveSharedSecretRequest, context: RequestContext): Promise<DeriveSharedSecretResponse> => {
    const { key, arn } = await usableKey(kms, context, input);
    if (key.usage !== "KEY_AGREEMENT") throw invalidUsage(arn, key.usage, "DeriveSharedSecret");
    const publicKey = readPublicKey(input.PublicKey!, factsOf(key).curve!);
    endDryRun(input.DryRun);
    const privateKey = importPrivateKey(openMaterial(kms.keyring, arn, currentMaterial(key)));
    return {
      KeyId: arn,
      SharedSecret: diffieHellman({ privateKey, publicKey }),
      KeyAgreementAlgorithm: input.KeyAgreementAlgorithm,
      KeyOrigin: key.origin,
    };
  };
}

/** @throws AwsError ValidationException unless it is a key on the curve */
function readPublicKey(bytes: Uint8Array, curve: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPublicKey({ key: Buffer.from(bytes), format: "der", type: "spki" });
  } catch {
    // no public key
  }
  if (key?.asymmetricKeyDetails?.namedCurve !== curve) throw validationError("");
  return key;
}
