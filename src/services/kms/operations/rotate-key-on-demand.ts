import type { RotateKeyOnDemandRequest, RotateKeyOnDemandResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { limitExceeded, unsupported } from "../errors.ts";
import { rotateKey, rotateToPending } from "../key-changes.ts";
import { requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { ownKey } from "../requests.ts";

const MAX_ROTATIONS = 25;

/**
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html: done when it answers. A key for imports
 * takes the material that was imported for it.
 */
export function rotateKeyOnDemand(kms: Kms) {
  return async ({ KeyId }: RotateKeyOnDemandRequest, context: RequestContext): Promise<RotateKeyOnDemandResponse> => {
    const found = await ownKey(kms, context, "RotateKeyOnDemand", KeyId);
    const { key, arn, scope } = found;
    requireState(key, arn);
    if (key.spec !== "SYMMETRIC_DEFAULT") throw unsupported();
    if (key.materials.filter(({ rotation }) => rotation?.type === "ON_DEMAND").length >= MAX_ROTATIONS)
      throw limitExceeded(
        "The on-demand rotations limit has been reached for the given keyId. " +
          `No more on-demand rotations can be performed for this key: ${arn}`,
      );
    if (key.origin === "EXTERNAL") await rotateToPending(kms, scope, key.keyId);
    else await rotateKey(kms, scope, key.keyId, "ON_DEMAND");
    return { KeyId: arn };
  };
}
