import type { UpdateUserRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { renameNamed } from "../named-entities.ts";
import { renameTrusted } from "../trusted-names.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html */
export function updateUser(iam: Iam) {
  return async ({ UserName, NewUserName, NewPath }: UpdateUserRequest, { scope }: RequestContext) => {
    await iam.store.transaction(async () => {
      const user = await existingUser(iam, scope, UserName!);
      const changed = await renameNamed(iam.records.users, scope, "User", user, { name: NewUserName, path: NewPath });
      if (changed.arn !== user.arn) await renameTrusted(iam, user.arn, changed.arn);
    });
    return {};
  };
}
