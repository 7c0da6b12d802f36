import type { SignRequest, SignResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { makeSignature } from "../crypto/signatures.ts";
import { currentMaterial, importPrivateKey, openMaterial } from "../key-material.ts";
import type { Kms } from "../kms.ts";
import { endDryRun, usableKey } from "../requests.ts";
import { signedBy } from "../signing.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
export function signOperation(kms: Kms) {
  return async (input: SignRequest, context: RequestContext): Promise<SignResponse> => {
    const found = await usableKey(kms, context, input);
    const { algorithm, ...signed } = signedBy(found, "Sign", input);
    endDryRun(input.DryRun);
    const key = importPrivateKey(openMaterial(kms.keyring, found.arn, currentMaterial(found.key)));
    return { KeyId: found.arn, Signature: makeSignature(algorithm, key, signed), SigningAlgorithm: algorithm };
  };
}
