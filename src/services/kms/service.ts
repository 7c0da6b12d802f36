import { defineService, type ServiceDefinition } from "../../wire/service.ts";
import { kmsRules } from "./authorization.ts";
import type { Kms } from "./kms.ts";
import { cancelKeyDeletion } from "./operations/cancel-key-deletion.ts";
import { createAlias } from "./operations/create-alias.ts";
import { createGrant } from "./operations/create-grant.ts";
import { createKey } from "./operations/create-key.ts";
import { decryptOperation } from "./operations/decrypt.ts";
import { deleteAlias } from "./operations/delete-alias.ts";
import { deleteImportedKeyMaterial } from "./operations/delete-imported-key-material.ts";
import { deriveSharedSecret } from "./operations/derive-shared-secret.ts";
import { describeKey } from "./operations/describe-key.ts";
import { disableKeyRotation } from "./operations/disable-key-rotation.ts";
import { disableKey } from "./operations/disable-key.ts";
import { enableKeyRotation } from "./operations/enable-key-rotation.ts";
import { enableKey } from "./operations/enable-key.ts";
import { encryptOperation } from "./operations/encrypt.ts";
import { generateDataKeyPairWithoutPlaintext } from "./operations/generate-data-key-pair-without-plaintext.ts";
import { generateDataKeyPair } from "./operations/generate-data-key-pair.ts";
import { generateDataKeyWithoutPlaintext } from "./operations/generate-data-key-without-plaintext.ts";
import { generateDataKey } from "./operations/generate-data-key.ts";
import { generateMac } from "./operations/generate-mac.ts";
import { generateRandom } from "./operations/generate-random.ts";
import { getKeyPolicy } from "./operations/get-key-policy.ts";
import { getKeyRotationStatus } from "./operations/get-key-rotation-status.ts";
import { getParametersForImport } from "./operations/get-parameters-for-import.ts";
import { getPublicKey } from "./operations/get-public-key.ts";
import { importKeyMaterial } from "./operations/import-key-material.ts";
import { listAliases } from "./operations/list-aliases.ts";
import { listGrants } from "./operations/list-grants.ts";
import { listKeyPolicies } from "./operations/list-key-policies.ts";
import { listKeyRotations } from "./operations/list-key-rotations.ts";
import { listKeys } from "./operations/list-keys.ts";
import { listResourceTags } from "./operations/list-resource-tags.ts";
import { listRetirableGrants } from "./operations/list-retirable-grants.ts";
import { putKeyPolicy } from "./operations/put-key-policy.ts";
import { reEncrypt } from "./operations/re-encrypt.ts";
import { replicateKey } from "./operations/replicate-key.ts";
import { retireGrant } from "./operations/retire-grant.ts";
import { revokeGrant } from "./operations/revoke-grant.ts";
import { rotateKeyOnDemand } from "./operations/rotate-key-on-demand.ts";
import { scheduleKeyDeletion } from "./operations/schedule-key-deletion.ts";
import { signOperation } from "./operations/sign.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";
import { updateAlias } from "./operations/update-alias.ts";
import { updateKeyDescription } from "./operations/update-key-description.ts";
import { updatePrimaryRegion } from "./operations/update-primary-region.ts";
import { verifyMac } from "./operations/verify-mac.ts";
import { verifyOperation } from "./operations/verify.ts";

/** AWS Key Management Service, https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html */
export function kmsService(kms: Kms): ServiceDefinition {
  return defineService<typeof import("@aws-sdk/client-kms")>(
    {
      name: "kms",
      signingName: "kms",
      protocols: ["awsJson1_1"],
      targetPrefix: "TrentService",
      version: "2014-11-01",
      validationErrorCode: "ValidationException",
      sdk: () => import("@aws-sdk/client-kms"),
      bounds: async () => (await import("../../../generated/bounds/kms.json", { with: { type: "json" } })).default,
    },
    {
      CancelKeyDeletion: cancelKeyDeletion(kms),
      CreateAlias: createAlias(kms),
      CreateGrant: createGrant(kms),
      CreateKey: createKey(kms),
      Decrypt: decryptOperation(kms),
      DeleteAlias: deleteAlias(kms),
      DeleteImportedKeyMaterial: deleteImportedKeyMaterial(kms),
      DeriveSharedSecret: deriveSharedSecret(kms),
      DescribeKey: describeKey(kms),
      DisableKey: disableKey(kms),
      DisableKeyRotation: disableKeyRotation(kms),
      EnableKey: enableKey(kms),
      EnableKeyRotation: enableKeyRotation(kms),
      Encrypt: encryptOperation(kms),
      GenerateDataKey: generateDataKey(kms),
      GenerateDataKeyPair: generateDataKeyPair(kms),
      GenerateDataKeyPairWithoutPlaintext: generateDataKeyPairWithoutPlaintext(kms),
      GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext(kms),
      GenerateMac: generateMac(kms),
      GenerateRandom: generateRandom(kms),
      GetKeyPolicy: getKeyPolicy(kms),
      GetKeyRotationStatus: getKeyRotationStatus(kms),
      GetParametersForImport: getParametersForImport(kms),
      GetPublicKey: getPublicKey(kms),
      ImportKeyMaterial: importKeyMaterial(kms),
      ListAliases: listAliases(kms),
      ListGrants: listGrants(kms),
      ListKeyPolicies: listKeyPolicies(kms),
      ListKeyRotations: listKeyRotations(kms),
      ListKeys: listKeys(kms),
      ListResourceTags: listResourceTags(kms),
      ListRetirableGrants: listRetirableGrants(kms),
      PutKeyPolicy: putKeyPolicy(kms),
      ReEncrypt: reEncrypt(kms),
      ReplicateKey: replicateKey(kms),
      RetireGrant: retireGrant(kms),
      RevokeGrant: revokeGrant(kms),
      RotateKeyOnDemand: rotateKeyOnDemand(kms),
      ScheduleKeyDeletion: scheduleKeyDeletion(kms),
      Sign: signOperation(kms),
      TagResource: tagResource(kms),
      UntagResource: untagResource(kms),
      UpdateAlias: updateAlias(kms),
      UpdateKeyDescription: updateKeyDescription(kms),
      UpdatePrimaryRegion: updatePrimaryRegion(kms),
      Verify: verifyOperation(kms),
      VerifyMac: verifyMac(kms),
    },
    kmsRules(kms),
  );
}
