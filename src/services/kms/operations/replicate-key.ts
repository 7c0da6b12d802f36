import type { ReplicateKeyRequest, ReplicateKeyResponse } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { unsupported } from "../errors.ts";
import type { Kms } from "../kms.ts";
import { ownKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html: no key is a multi-Region key here */
export function replicateKey(kms: Kms) {
  return async ({ KeyId }: ReplicateKeyRequest, context: RequestContext): Promise<ReplicateKeyResponse> => {
    const { arn } = await ownKey(kms, context, "ReplicateKey", KeyId);
    throw unsupported(`${arn} is not a multi-region primary key.`);
  };
}
