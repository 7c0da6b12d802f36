import type { GetLoginProfileRequest, GetLoginProfileResponse } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import type { Iam } from "../iam.ts";
import { loginProfileOf } from "../login-profiles.ts";
import { loginProfileView } from "../user-views.ts";
import { existingUser, userNameOf } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html */
export function getLoginProfile(iam: Iam) {
  return async ({ UserName }: GetLoginProfileRequest, context: RequestContext): Promise<GetLoginProfileResponse> => {
    const user = await existingUser(iam, context.scope, userNameOf(UserName, context));
    return { LoginProfile: loginProfileView(user.name, await loginProfileOf(iam, context.scope, user)) };
  };
}
