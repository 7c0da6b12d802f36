import type { ChangePasswordRequest } from "@aws-sdk/client-iam";
import type { RequestContext } from "../../../wire/context.ts";
import { invalidUserType, loginProfileNotFound, passwordPolicyViolation } from "../errors.ts";
import type { Iam } from "../iam.ts";
import { acceptedPassword, loginProfileOf, passwordsOf, withPassword } from "../login-profiles.ts";
import { isPassword } from "../passwords.ts";
import { iamKey } from "../store.ts";
import { existingUser } from "../users.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ChangePassword.html */
export function changePassword(iam: Iam) {
  return async ({ OldPassword, NewPassword }: ChangePasswordRequest, { scope, principal }: RequestContext) => {
    if (principal.type !== "User") throw invalidUserType("Only IAM Users can change their own password");
    const user = await existingUser(iam, scope, principal.userName);
    const before = await loginProfileOf(iam, scope, user);
    if (!(await isPassword(OldPassword!, before.password)))
      throw passwordPolicyViolation("The old password was incorrect.");
    const password = await acceptedPassword(iam, scope, NewPassword!, passwordsOf(before));
    const changed = await iam.records.loginProfiles.update(iamKey(scope), user.id, (now) => {
      // Somebody else changed it meanwhile: then the old one is another.
      if (now.password.hash !== before.password.hash) throw passwordPolicyViolation("The old password was incorrect.");
      return { ...withPassword(now, password, iam.now()), resetRequired: false };
    });
    if (!changed) throw loginProfileNotFound(user.name);
    return {};
  };
}
