import type { CancelKeyDeletionRequest, CancelKeyDeletionResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidState } from "../errors.ts";
import type { Kms } from "../kms.ts";
import { changeKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html: the key is disabled afterwards */
export function cancelKeyDeletion(kms: Kms) {
  return async ({ KeyId }: CancelKeyDeletionRequest, context: RequestContext): Promise<CancelKeyDeletionResponse> => {
    const { arn } = await changeKey(kms, context, "CancelKeyDeletion", KeyId, (found) => {
      const { deletionDate, ...key } = found.key;
      if (!deletionDate) throw invalidState(found.arn, "not pending deletion");
      return { ...key, enabled: false };
    });
    return { KeyId: arn };
  };
}
