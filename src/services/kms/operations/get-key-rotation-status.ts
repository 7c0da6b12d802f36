import type { GetKeyRotationStatusRequest, GetKeyRotationStatusResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { findKey } from "../key-reference.ts";
import { keyState } from "../key-state.ts";
import type { Kms } from "../kms.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html: keys that cannot rotate do not */
export function getKeyRotationStatus(kms: Kms) {
  return async (
    { KeyId }: GetKeyRotationStatusRequest,
    { scope }: RequestContext,
  ): Promise<GetKeyRotationStatusResponse> => {
    const { key, arn } = await findKey(kms, scope, KeyId!);
    const { rotation } = key;
    if (!rotation || keyState(key) === "PendingDeletion") return { KeyId: arn, KeyRotationEnabled: false };
    return {
      KeyId: arn,
      KeyRotationEnabled: true,
      RotationPeriodInDays: rotation.periodInDays,
      NextRotationDate: rotation.nextAt,
    };
  };
}
