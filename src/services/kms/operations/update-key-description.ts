import type { UpdateKeyDescriptionRequest } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateKeyDescription.html */
export function updateKeyDescription(kms: Kms) {
  return async ({ KeyId, Description }: UpdateKeyDescriptionRequest, context: RequestContext): Promise<object> => {
    await changeKey(kms, context, "UpdateKeyDescription", KeyId, ({ key, arn }) => {
      requireState(key, arn, NOT_PENDING_DELETION);
      return { ...key, description: Description! };
    });
    return {};
  };
}
