import type { DeleteAccessKeyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { accessKeyOf, keyOwner } from "../access-keys.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html */
export function deleteAccessKey(iam: Iam) {
  return async ({ UserName, AccessKeyId }: DeleteAccessKeyRequest, context: RequestContext) => {
    const { scope } = context;
    const key = iamKey(scope);
    await iam.store.transaction(async () => {
      const user = await existingUser(iam, scope, keyOwner(UserName, context));
      const { accessKeyId } = await accessKeyOf(iam, scope, user.id, AccessKeyId!);
      await iam.records.accessKeys.delete(key, accessKeyId);
      await iam.lastUses.forget(key, accessKeyId);
    });
    return {};
  };
}
