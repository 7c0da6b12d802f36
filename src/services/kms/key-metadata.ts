import type { CustomerMasterKeySpec, KeyMetadata } from "@aws-sdk/client-kms";
import { latestMaterial } from "./key-material.ts";
import type { FoundKey } from "./key-reference.ts";
import { factsOf } from "./key-specs.ts";
import { keyState } from "./key-state.ts";
import type { KeyRecord } from "./records.ts";

/** A key as CreateKey and DescribeKey tell it, https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html */
export function keyMetadata({ key, arn, scope }: FoundKey): KeyMetadata {
  const state = keyState(key);
  return {
    AWSAccountId: scope.account,
    KeyId: key.keyId,
    Arn: arn,
    CreationDate: key.createdAt,
    Enabled: state === "Enabled",
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: state,
    Origin: key.origin,
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec as CustomerMasterKeySpec,
    KeySpec: key.spec,
    MultiRegion: false,
    ...keyAlgorithms(key),
    ...(key.deletionDate ? { DeletionDate: key.deletionDate } : {}),
    ...materialFacts(key),
  };
}

/** Those that the key's usage has. */
export function keyAlgorithms(key: KeyRecord) {
  const { encryption, signing, mac } = factsOf(key);
  switch (key.usage) {
    case "ENCRYPT_DECRYPT":
      return { EncryptionAlgorithms: [...encryption] };
    case "SIGN_VERIFY":
      return { SigningAlgorithms: [...signing] };
    case "GENERATE_VERIFY_MAC":
      return { MacAlgorithms: [...mac] };
    default:
      return { KeyAgreementAlgorithms: ["ECDH" as const] };
  }
}

function materialFacts(key: KeyRecord): Partial<KeyMetadata> {
  const material = latestMaterial(key);
  if (!material?.sealed) return {};
  return {
    ...(key.spec === "SYMMETRIC_DEFAULT" ? { CurrentKeyMaterialId: material.id } : {}),
    ...(key.origin === "EXTERNAL" ? expirationOf(material.expiresAt) : {}),
  };
}

function expirationOf(expiresAt: Date | undefined): Pick<KeyMetadata, "ExpirationModel" | "ValidTo"> {
  if (!expiresAt) return { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" };
  return { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: expiresAt };
}
