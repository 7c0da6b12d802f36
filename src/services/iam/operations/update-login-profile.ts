import type { UpdateLoginProfileRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { loginProfileNotFound } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { acceptedPassword, loginProfileOf, passwordsOf, withPassword } from "../login-profiles.ts";
import { iamKey } from "../store.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateLoginProfile.html */
export function updateLoginProfile(iam: Iam) {
  return async (
    { UserName, Password, PasswordResetRequired }: UpdateLoginProfileRequest,
    { scope }: RequestContext,
  ) => {
    const user = await existingUser(iam, scope, UserName!);
    const before = passwordsOf(await loginProfileOf(iam, scope, user));
    const password = Password === undefined ? undefined : await acceptedPassword(iam, scope, Password, before);
    const changed = await iam.records.loginProfiles.update(iamKey(scope), user.id, (now) => ({
      ...(password ? withPassword(now, password, iam.now()) : now),
      resetRequired: PasswordResetRequired ?? now.resetRequired,
    }));
    if (!changed) throw loginProfileNotFound(user.name);
    return {};
  };
}
