import type { DisableKeyRequest } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DisableKey.html */
export function disableKey(kms: Kms) {
  return async ({ KeyId }: DisableKeyRequest, context: RequestContext): Promise<object> => {
    await changeKey(kms, context, "DisableKey", KeyId, ({ key, arn }) => {
      requireState(key, arn, ["Enabled", "Disabled"]);
      return { ...key, enabled: false };
    });
    return {};
  };
}
