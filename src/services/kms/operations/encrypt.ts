import type { EncryptRequest, EncryptResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { encrypt, requireEncryption } from "../encryption.ts";
import type { Kms } from "../kms.ts";
import { endDryRun, usableKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html */
export function encryptOperation(kms: Kms) {
  return async (input: EncryptRequest, context: RequestContext): Promise<EncryptResponse> => {
    const { EncryptionAlgorithm: algorithm = "SYMMETRIC_DEFAULT", EncryptionContext = {} } = input;
    const how = { algorithm, context: EncryptionContext, operation: "Encrypt" };
    const found = await usableKey(kms, context, input);
    requireEncryption(found, how);
    endDryRun(input.DryRun);
    const blob = encrypt(kms, found, input.Plaintext!, how);
    return { CiphertextBlob: blob, KeyId: found.arn, EncryptionAlgorithm: algorithm };
  };
}
