import type { DeleteImportedKeyMaterialRequest, DeleteImportedKeyMaterialResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidOrigin, incorrectKeyMaterial } from "../errors.ts";
import { latestMaterial } from "../key-material.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html: the same may be imported again */
export function deleteImportedKeyMaterial(kms: Kms) {
  return async (
    { KeyId, KeyMaterialId }: DeleteImportedKeyMaterialRequest,
    context: RequestContext,
  ): Promise<DeleteImportedKeyMaterialResponse> => {
    let id: string | undefined;
    const { arn } = await changeKey(kms, context, "DeleteImportedKeyMaterial", KeyId, (found) => {
      const { key } = found;
      if (key.origin !== "EXTERNAL") throw invalidOrigin(found.arn, key.origin);
      requireState(key, found.arn, NOT_PENDING_DELETION);
      id = KeyMaterialId ?? latestMaterial(key)?.id;
      if (KeyMaterialId !== undefined && !key.materials.some((material) => material.id === KeyMaterialId))
        throw incorrectKeyMaterial();
      const materials = key.materials.map((material) => {
        const { sealed: _, expiresAt: __, ...rest } = material;
        return material.id === id ? rest : material;
      });
      return { ...key, materials };
    });
    return { KeyId: arn, ...(id === undefined ? {} : { KeyMaterialId: id }) };
  };
}
