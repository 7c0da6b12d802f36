import type { CreateLoginProfileRequest, CreateLoginProfileResponse } from "@aws-sdk/client-iam";
import { DuplicateError } from "../../../store/collection.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { entityAlreadyExists, validationError } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { acceptedPassword } from "../login-profiles.ts";
import { iamKey } from "../store.ts";
import { loginProfileView } from "../user-views.ts";
import { existingUser, userNameOf } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html */
export function createLoginProfile(iam: Iam) {
  return async (input: CreateLoginProfileRequest, context: RequestContext): Promise<CreateLoginProfileResponse> => {
    const { scope } = context;
    const { UserName, Password, PasswordResetRequired = false } = input;
    if (Password === undefined) throw validationError("Must specify password.");
    const user = await existingUser(iam, scope, userNameOf(UserName, context));
    const password = await acceptedPassword(iam, scope, Password);
    const now = iam.now();
    const profile = { createdAt: now, changedAt: now, resetRequired: PasswordResetRequired, password, previous: [] };
    await iam.store.transaction(async () => {
      const { id, name } = await existingUser(iam, scope, user.name); // it took a while
      await iam.records.loginProfiles.insert(iamKey(scope), id, profile).catch((cause: unknown) => {
        throw cause instanceof DuplicateError
          ? entityAlreadyExists(`Login Profile for user ${name} already exists.`)
          : cause;
      });
    });
    return { LoginProfile: loginProfileView(user.name, profile) };
  };
}
