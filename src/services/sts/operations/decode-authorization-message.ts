import type { DecodeAuthorizationMessageRequest, DecodeAuthorizationMessageResponse } from "@aws-sdk/client-sts";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidMessage } from "../errors.ts";
import type { Sts } from "../sts.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html */
export function decodeAuthorizationMessage({ options: { failures } }: Sts) {
  return async (
    { EncodedMessage }: DecodeAuthorizationMessageRequest,
    { scope }: RequestContext,
  ): Promise<DecodeAuthorizationMessageResponse> => {
    const DecodedMessage = failures?.decode(EncodedMessage!, scope.account);
    if (DecodedMessage === undefined) throw invalidMessage();
    return { DecodedMessage };
  };
}
