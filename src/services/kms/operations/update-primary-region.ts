import type { UpdatePrimaryRegionRequest } from "@aws-sdk/client-kms";
import type { RequestContext } from "../../../wire/context.ts";
import { unsupported } from "../errors.ts";
import type { Kms } from "../kms.ts";
import { ownKey } from "../requests.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html: no key is a multi-Region key here */
export function updatePrimaryRegion(kms: Kms) {
  return async ({ KeyId }: UpdatePrimaryRegionRequest, context: RequestContext): Promise<object> => {
    const { arn } = await ownKey(kms, context, "UpdatePrimaryRegion", KeyId);
    throw unsupported(`${arn} is not a multi-region primary key.`);
  };
}
