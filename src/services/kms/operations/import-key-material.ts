import type { ImportKeyMaterialRequest, ImportKeyMaterialResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import {
  expiredImportToken,
  incorrectKeyMaterial,
  invalidOrigin,
  otherPendingMaterial,
  unsupported,
  validationError,
} from "../errors.ts";
import { checkMaterial, unwrapMaterial } from "../imported-material.ts";
import { readImportToken } from "../import-tokens.ts";
import { materialId, sealMaterial } from "../key-material.ts";
import type { FoundKey } from "../key-reference.ts";
import { factsOf } from "../key-specs.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import type { KeyMaterial, KeyRecord } from "../records.ts";
import { changeKey } from "../requests.ts";

const MAX_DAYS = 365;
const DAY_MS = 86_400_000;

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html */
export function importKeyMaterial(kms: Kms) {
  return async (input: ImportKeyMaterialRequest, context: RequestContext): Promise<ImportKeyMaterialResponse> => {
    const expiresAt = expirationOf(input, kms.clock.now());
    const { KeyMaterialDescription: description } = input;
    let id = "";
    const { arn, key } = await changeKey(kms, context, "ImportKeyMaterial", input.KeyId, (found) => {
      const bytes = importedBytes(kms, found, input);
      id = materialId(found.arn, bytes);
      if ((input.KeyMaterialId ?? id) !== id) throw incorrectKeyMaterial();
      const { material, publicKey } = sealMaterial(kms.keyring, found.arn, factsOf(found.key), bytes, kms.now());
      const imported = {
        ...material,
        ...(expiresAt ? { expiresAt } : {}),
        ...(description === undefined ? {} : { description }),
      };
      const materials = withImported(found.key, imported, input.ImportType === "NEW_KEY_MATERIAL");
      return { ...found.key, materials, ...(publicKey === undefined ? {} : { publicKey }) };
    });
    return { KeyId: arn, ...(key.spec === "SYMMETRIC_DEFAULT" ? { KeyMaterialId: id } : {}) };
  };
}

/**
 * A key has the material that was imported first, and takes the same again; a symmetric one may have another imported to
 * rotate to.
 */
function withImported(key: KeyRecord, imported: KeyMaterial, isNew: boolean): KeyMaterial[] {
  const { materials } = key;
  if (materials.length === 0) return [imported];
  const former = materials.find(({ id }) => id === imported.id);
  if (former && (!isNew || former.pending))
    return materials.map((each) => {
      const { pending, rotation, createdAt } = each;
      if (each !== former) return each;
      return { ...imported, createdAt, ...(pending ? { pending } : {}), ...(rotation ? { rotation } : {}) };
    });
  if (!isNew || former) throw incorrectKeyMaterial();
  if (key.spec !== "SYMMETRIC_DEFAULT") throw unsupported();
  const waiting = materials.find(({ pending }) => pending);
  if (waiting) throw otherPendingMaterial(key.keyId, imported.id, waiting.id);
  return [...materials, { ...imported, pending: true }];
}

function importedBytes(kms: Kms, { key, arn }: FoundKey, input: ImportKeyMaterialRequest): Buffer {
  if (key.origin !== "EXTERNAL") throw invalidOrigin(arn, key.origin);
  requireState(key, arn, NOT_PENDING_DELETION);
  const { algorithm, privateKey, validTo } = readImportToken(kms, arn, input.ImportToken!);
  if (validTo < kms.clock.now()) throw expiredImportToken();
  return checkMaterial(factsOf(key), unwrapMaterial(algorithm, privateKey, input.EncryptedKeyMaterial!));
}

/** @throws AwsError ValidationException */
function expirationOf(
  { ExpirationModel = "KEY_MATERIAL_EXPIRES", ValidTo }: ImportKeyMaterialRequest,
  now: number,
): Date | undefined {
  if (ExpirationModel === "KEY_MATERIAL_DOES_NOT_EXPIRE") {
    if (ValidTo)
      throw validationError("A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
    return undefined;
  }
  if (!ValidTo) throw validationError("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
  const left = ValidTo.getTime() - now;
  if (left <= 0 || left > MAX_DAYS * DAY_MS)
    throw validationError(`The validTo date must be in the future, at most ${MAX_DAYS} days ahead.`);
  return ValidTo;
}
