import type { DecryptRequest, DecryptResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { decrypt, decryptionKey, requireEncryption } from "../encryption.ts";
import { notBuilt } from "../errors.ts";
import { requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { checkUseOptions, endDryRun } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html */
export function decryptOperation(kms: Kms) {
  return async (input: DecryptRequest, { scope }: RequestContext): Promise<DecryptResponse> => {
    const {
      CiphertextBlob,
      KeyId,
      EncryptionAlgorithm: algorithm = "SYMMETRIC_DEFAULT",
      EncryptionContext = {},
    } = input;
    const how = { algorithm, context: EncryptionContext, operation: "Decrypt" };
    checkUseOptions(kms, input);
    if (input.DryRunModifiers?.length) throw notBuilt("'DryRunModifiers'");
    const blob = CiphertextBlob ?? new Uint8Array();
    const found = await decryptionKey(kms, scope, { blob, keyId: KeyId, algorithm });
    requireState(found.key, found.arn);
    requireEncryption(found, how);
    const { plaintext, materialId } = decrypt(kms, found, blob, how);
    endDryRun(input.DryRun);
    return {
      KeyId: found.arn,
      Plaintext: plaintext,
      EncryptionAlgorithm: algorithm,
      ...(materialId === undefined ? {} : { KeyMaterialId: materialId }),
    };
  };
}
