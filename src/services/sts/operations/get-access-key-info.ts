import type { GetAccessKeyInfoRequest, GetAccessKeyInfoResponse } from "@aws-sdk/client-sts";
import { accountOfSessionKey } from "../../../identity/session-key-id.ts";
import { validationError } from "../errors.ts";
import type { Sts } from "../sts.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html */
export function getAccessKeyInfo({ options: { identities, rootKey } }: Sts) {
  return async ({ AccessKeyId }: GetAccessKeyInfoRequest): Promise<GetAccessKeyInfoResponse> => {
    const id = AccessKeyId!;
    const root = rootKey();
    const Account =
      id === root.accessKeyId ? root.account : ((await identities.userKey(id))?.accountId ?? accountOfSessionKey(id));
    if (Account === undefined) throw validationError(`The access key ID ${id} is not valid.`);
    return { Account };
  };
}
