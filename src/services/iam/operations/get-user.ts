import type { GetUserRequest, GetUserResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { accountOf } from "../account.ts";
import type { Iam } from "../iam.ts";
import { existingUser, userNameOf } from "../users.ts";
import { rootUserView, userDetail } from "../user-views.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */
export function getUser(iam: Iam) {
  return async ({ UserName }: GetUserRequest, context: RequestContext): Promise<GetUserResponse> => {
    const { scope, principal } = context;
    if (UserName === undefined && principal.type === "Root")
      return { User: rootUserView(principal, await accountOf(iam, scope)) };
    return { User: userDetail(await existingUser(iam, scope, userNameOf(UserName, context))) };
  };
}
