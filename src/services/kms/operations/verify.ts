import { createPublicKey } from "node:crypto";
import type { VerifyRequest, VerifyResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { isSignature } from "../crypto/signatures.ts";
import { invalidSignature } from "../errors.ts";
import type { Kms } from "../kms.ts";
import { endDryRun, usableKey } from "../requests.ts";
import { signedBy } from "../signing.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Verify.html */
export function verifyOperation(kms: Kms) {
  return async (input: VerifyRequest, context: RequestContext): Promise<VerifyResponse> => {
    const found = await usableKey(kms, context, input);
    const { algorithm, ...signed } = signedBy(found, "Verify", input);
    endDryRun(input.DryRun);
    const key = createPublicKey({ key: Buffer.from(found.key.publicKey!, "base64"), format: "der", type: "spki" });
    if (!isSignature(algorithm, key, signed, input.Signature!)) throw invalidSignature();
    return { KeyId: found.arn, SignatureValid: true, SigningAlgorithm: algorithm };
  };
}
