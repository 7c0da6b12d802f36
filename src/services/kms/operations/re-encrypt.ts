import type { ReEncryptRequest, ReEncryptResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { decrypt, decryptionKey, encrypt, requireEncryption } from "../encryption.ts";
import { notBuilt } from "../errors.ts";
import { currentMaterial } from "../key-material.ts";
import { requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { endDryRun, usableKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html */
export function reEncrypt(kms: Kms) {
  return async (input: ReEncryptRequest, context: RequestContext): Promise<ReEncryptResponse> => {
    const {
      CiphertextBlob,
      SourceKeyId,
      SourceEncryptionAlgorithm = "SYMMETRIC_DEFAULT",
      SourceEncryptionContext = {},
      DestinationKeyId,
      DestinationEncryptionAlgorithm = "SYMMETRIC_DEFAULT",
      DestinationEncryptionContext = {},
      GrantTokens,
    } = input;
    if (input.DryRunModifiers?.length) throw notBuilt("'DryRunModifiers'");
    const blob = CiphertextBlob ?? new Uint8Array();
    const from = { algorithm: SourceEncryptionAlgorithm, context: SourceEncryptionContext, operation: "ReEncryptFrom" };
    const to = {
      algorithm: DestinationEncryptionAlgorithm,
      context: DestinationEncryptionContext,
      operation: "ReEncryptTo",
    };
    const source = await decryptionKey(kms, context.scope, { blob, keyId: SourceKeyId, algorithm: from.algorithm });
    requireState(source.key, source.arn);
    requireEncryption(source, from);
    const destination = await usableKey(kms, context, { KeyId: DestinationKeyId, GrantTokens });
    requireEncryption(destination, to);
    const { plaintext, materialId } = decrypt(kms, source, blob, from);
    endDryRun(input.DryRun);
    return {
      CiphertextBlob: encrypt(kms, destination, plaintext, to),
      SourceKeyId: source.arn,
      KeyId: destination.arn,
      SourceEncryptionAlgorithm: from.algorithm,
      DestinationEncryptionAlgorithm: to.algorithm,
      ...(materialId === undefined ? {} : { SourceKeyMaterialId: materialId }),
      ...(to.algorithm === "SYMMETRIC_DEFAULT"
        ? { DestinationKeyMaterialId: currentMaterial(destination.key).id }
        : {}),
    };
  };
}
