import type { DeleteLoginProfileRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { loginProfileNotFound } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { iamKey } from "../store.ts";
import { existingUser, userNameOf } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html */
export function deleteLoginProfile(iam: Iam) {
  return async ({ UserName }: DeleteLoginProfileRequest, context: RequestContext) => {
    const user = await existingUser(iam, context.scope, userNameOf(UserName, context));
    if (!(await iam.records.loginProfiles.delete(iamKey(context.scope), user.id)))
      throw loginProfileNotFound(user.name);
    return {};
  };
}
