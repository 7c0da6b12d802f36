import type { UntagResourceRequest } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { NOT_PENDING_DELETION, requireState } from "../key-state.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UntagResource.html: tags that are not there are no error */
export function untagResource(kms: Kms) {
  return async ({ KeyId, TagKeys }: UntagResourceRequest, context: RequestContext): Promise<object> => {
    await changeKey(kms, context, "UntagResource", KeyId, ({ key, arn }) => {
      requireState(key, arn, NOT_PENDING_DELETION);
      const left = Object.entries(key.tags).filter(([name]) => !TagKeys!.includes(name));
      return { ...key, tags: Object.fromEntries(left) };
    });
    return {};
  };
}
