import type { ListKeyRotationsRequest, ListKeyRotationsResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { unsupported } from "../errors.ts";
import { findKey } from "../key-reference.ts";
import type { Kms } from "../kms.ts";
import { pageOf } from "../page.ts";
import { rotationEntries } from "../rotations.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html */
export function listKeyRotations(kms: Kms) {
  return async (input: ListKeyRotationsRequest, { scope }: RequestContext): Promise<ListKeyRotationsResponse> => {
    const found = await findKey(kms, scope, input.KeyId!);
    if (found.key.spec !== "SYMMETRIC_DEFAULT") throw unsupported();
    const entries = rotationEntries(found, input.IncludeKeyMaterial === "ALL_KEY_MATERIAL");
    const numbered = entries.map((entry, at) => ({ entry, at: String(at).padStart(6, "0") }));
    const { items, rest } = pageOf(`rotations ${found.key.keyId}`, numbered, ({ at }) => at, input);
    return { Rotations: items.map(({ entry }) => entry), ...rest };
  };
}
