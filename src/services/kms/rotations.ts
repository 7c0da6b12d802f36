import type { KeyMaterialState, RotationsListEntry } from "@aws-sdk/client-kms";
import { invalidOrigin, unsupported } from "./errors.ts";
import { latestMaterial } from "./key-material.ts";
import type { FoundKey } from "./key-reference.ts";
import type { KeyMaterial, KeyRecord } from "./records.ts";

/** @throws AwsError UnsupportedOperationException unless the key's material is KMS's to replace */
export function requireRotatable({ key, arn }: FoundKey): void {
  if (key.spec !== "SYMMETRIC_DEFAULT") throw unsupported();
  if (key.origin !== "AWS_KMS") throw invalidOrigin(arn, key.origin);
}

/** The rotations that were done, or all materials, in their order. */
export function rotationEntries({ key, arn }: FoundKey, all: boolean): RotationsListEntry[] {
  return key.materials
    .filter(({ rotation }) => all || rotation)
    .map((material) => ({
      KeyId: arn,
      KeyMaterialId: material.id,
      KeyMaterialState: stateOf(key, material),
      ...(material.description === undefined ? {} : { KeyMaterialDescription: material.description }),
      ...(key.origin === "EXTERNAL"
        ? {
            ImportState: material.sealed ? ("IMPORTED" as const) : ("PENDING_IMPORT" as const),
            ExpirationModel: material.expiresAt
              ? ("KEY_MATERIAL_EXPIRES" as const)
              : ("KEY_MATERIAL_DOES_NOT_EXPIRE" as const),
            ...(material.expiresAt ? { ValidTo: material.expiresAt } : {}),
          }
        : {}),
      ...(material.rotation ? { RotationDate: material.rotation.at, RotationType: material.rotation.type } : {}),
    }));
}

function stateOf(key: KeyRecord, material: KeyMaterial): KeyMaterialState {
  if (material.pending) return "PENDING_ROTATION";
  return material === latestMaterial(key) ? "CURRENT" : "NON_CURRENT";
}
