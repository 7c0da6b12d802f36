import type { AccessKey, CreateAccessKeyRequest, CreateAccessKeyResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { keyOwner, makeAccessKey } from "../access-keys.ts";
import { quotaExceeded } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";
import { USER_QUOTAS } from "../user-quotas.ts";
import { accessKeyView } from "../user-views.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
export function createAccessKey(iam: Iam) {
  return async ({ UserName }: CreateAccessKeyRequest, context: RequestContext): Promise<CreateAccessKeyResponse> => {
    const { scope } = context;
    const key = iamKey(scope);
    const limit = USER_QUOTAS.AccessKeysPerUser;
    return await iam.store.transaction(async () => {
      const user = await existingUser(iam, scope, keyOwner(UserName, context));
      if ((await iam.records.accessKeys.count(key, { userId: user.id })) >= limit)
        throw quotaExceeded("AccessKeysPerUser", limit);
      const { record, secretAccessKey } = makeAccessKey(iam, user.id);
      await iam.records.accessKeys.insert(key, record.accessKeyId, record);
      return { AccessKey: { ...accessKeyView(user.name, record), SecretAccessKey: secretAccessKey } as AccessKey };
    });
  };
}
