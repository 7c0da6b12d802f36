import type { ListSSHPublicKeysRequest, ListSSHPublicKeysResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { existingUser, userNameOf } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html: no SSH key can be uploaded yet */
export function listSshPublicKeys(iam: Iam) {
  return async (
    { UserName }: ListSSHPublicKeysRequest,
    context: RequestContext,
  ): Promise<ListSSHPublicKeysResponse> => {
    await existingUser(iam, context.scope, userNameOf(UserName, context));
    return { SSHPublicKeys: [], IsTruncated: false };
  };
}
