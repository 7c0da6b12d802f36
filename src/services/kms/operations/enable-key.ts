import type { EnableKeyRequest } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKey.html */
export function enableKey(kms: Kms) {
  return async ({ KeyId }: EnableKeyRequest, context: RequestContext): Promise<object> => {
    await changeKey(kms, context, "EnableKey", KeyId, ({ key, arn }) => {
      requireState(key, arn, ["Enabled", "Disabled"]);
      return { ...key, enabled: true };
    });
    return {};
  };
}
