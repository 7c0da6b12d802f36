import type { ListAccessKeysRequest, ListAccessKeysResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { accessKeysOf, rootKeyView } from "../access-keys.ts";
import type { Iam } from "../iam.ts";
import { page } from "../page.ts";
import type { AccessKeyRecord } from "../user-records.ts";
import { accessKeyView } from "../user-views.ts";
import { existingUser, userNameOf } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
export function listAccessKeys(iam: Iam) {
  return async (input: ListAccessKeysRequest, context: RequestContext): Promise<ListAccessKeysResponse> => {
    const { scope } = context;
    if (input.UserName === undefined && context.principal.type === "Root")
      return { AccessKeyMetadata: [await rootKeyView(iam, scope)], IsTruncated: false };
    const user = await existingUser(iam, scope, userNameOf(input.UserName, context));
    const keys = await accessKeysOf(iam, scope, user.id);
    const placeOf = (each: AccessKeyRecord) => `${each.createdAt.toISOString()} ${each.accessKeyId}`;
    const { items, paging } = page(keys, input, "access-keys", placeOf);
    return { AccessKeyMetadata: items.map((each) => accessKeyView(user.name, each)), ...paging };
  };
}
