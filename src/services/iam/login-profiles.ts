import type { Scope } from "../../base/scope.ts";
import { accountOf } from "./account.ts";
import { loginProfileNotFound, passwordPolicyViolation } from "./errors.ts";
import type { Iam } from "./iam.ts";
import { conforms } from "./password-policy.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { iamKey } from "./store.ts";
import type { LoginProfileRecord, PasswordHash, UserRecord } from "./user-records.ts";

/** The most that a password policy can ask to be remembered. */
const MAX_PREVIOUS = 24;

/** @throws AwsError NoSuchEntity */
export async function loginProfileOf(
  iam: Iam,
  scope: Pick<Scope, "account">,
  user: UserRecord,
): Promise<LoginProfileRecord> {
  const found = await iam.records.loginProfiles.get(iamKey(scope), user.id);
  if (!found) throw loginProfileNotFound(user.name);
  return found;
}

/**
 * A password as it is stored, after it was checked against the account's policy. Takes a while: not for transactions.
 * @param before the user's passwords until now, the latest first
 * @throws AwsError PasswordPolicyViolation
 */
export async function acceptedPassword(
  iam: Iam,
  scope: Pick<Scope, "account">,
  password: string,
  before: readonly PasswordHash[] = [],
): Promise<PasswordHash> {
  const { passwordPolicy, alias } = await accountOf(iam, scope);
  if (!conforms(password, passwordPolicy, alias ?? scope.account)) throw passwordPolicyViolation();
  for (const old of before.slice(0, passwordPolicy?.PasswordReusePrevention ?? 0))
    if (await isPassword(password, old)) throw passwordPolicyViolation();
  return await hashPassword(password);
}

/** A login profile with another password. */
export function withPassword(now: LoginProfileRecord, password: PasswordHash, changedAt: Date): LoginProfileRecord {
  return { ...now, password, changedAt, previous: passwordsOf(now).slice(0, MAX_PREVIOUS) };
}

/** The password and those before it. */
export function passwordsOf({ password, previous }: LoginProfileRecord): PasswordHash[] {
  return [password, ...previous];
}
