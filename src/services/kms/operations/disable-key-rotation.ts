import type { DisableKeyRotationRequest } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";
import { requireRotatable } from "../rotations.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKeyRotation.html */
export function disableKeyRotation(kms: Kms) {
  return async ({ KeyId }: DisableKeyRotationRequest, context: RequestContext): Promise<object> => {
    await changeKey(kms, context, "DisableKeyRotation", KeyId, (found) => {
      requireRotatable(found);
      requireState(found.key, found.arn);
      const { rotation: _, ...key } = found.key;
      return key;
    });
    return {};
  };
}
