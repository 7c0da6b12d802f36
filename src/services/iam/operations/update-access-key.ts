import type { UpdateAccessKeyRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { accessKeyOf, keyOwner } from "../access-keys.ts";
import { validationError } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";
import { existingUser } from "../users.ts";

/** The enumeration has more values: what keys can become is less. */
const NO_SUCH_STATUS =
  "1 validation error detected: Value 'Expired' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
export function updateAccessKey(iam: Iam) {
  return async ({ UserName, AccessKeyId, Status }: UpdateAccessKeyRequest, context: RequestContext) => {
    const { scope } = context;
    if (Status === "Expired") throw validationError(NO_SUCH_STATUS);
    await iam.store.transaction(async () => {
      const user = await existingUser(iam, scope, keyOwner(UserName, context));
      const key = await accessKeyOf(iam, scope, user.id, AccessKeyId!);
      await iam.records.accessKeys.put(iamKey(scope), key.accessKeyId, { ...key, status: Status! });
    });
    return {};
  };
}
