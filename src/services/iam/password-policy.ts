import type { PasswordPolicy, UpdateAccountPasswordPolicyRequest } from "@aws-sdk/client-iam";
import type { AccountRecord } from "./user-records.ts";

/** What counts as a symbol, https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html */
const SYMBOLS = "!@#$%^&*()_+-=[]{}|'";
/** How many of the four kinds of characters an account without a policy of its own wants. */
const DEFAULT_KINDS = 3;
const DEFAULT_LENGTH = 8;
/** Of a policy that names none. */
const MINIMUM_LENGTH = 6;

export type StoredPasswordPolicy = NonNullable<AccountRecord["passwordPolicy"]>;

/** A policy as it is asked for: what is not given has its default again. */
export function newPasswordPolicy(input: UpdateAccountPasswordPolicyRequest): StoredPasswordPolicy {
  const { MaxPasswordAge, PasswordReusePrevention, HardExpiry } = input;
  return {
    MinimumPasswordLength: input.MinimumPasswordLength ?? MINIMUM_LENGTH,
    RequireSymbols: input.RequireSymbols ?? false,
    RequireNumbers: input.RequireNumbers ?? false,
    RequireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
    RequireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
    AllowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
    ...(MaxPasswordAge === undefined ? {} : { MaxPasswordAge }),
    ...(PasswordReusePrevention === undefined ? {} : { PasswordReusePrevention }),
    ...(HardExpiry === undefined ? {} : { HardExpiry }),
  };
}

/**
 * Whether a password has what it needs, in the account that has this policy, or none of its own.
 * @param accountName its alias or number, which is no password without a policy
 */
export function conforms(password: string, policy: StoredPasswordPolicy | undefined, accountName: string): boolean {
  const has = {
    lower: /[a-z]/.test(password),
    upper: /[A-Z]/.test(password),
    digit: /[0-9]/.test(password),
    symbol: [...password].some((character) => SYMBOLS.includes(character)),
  };
  if (!policy) {
    const kinds = Object.values(has).filter(Boolean).length;
    return password.length >= DEFAULT_LENGTH && kinds >= DEFAULT_KINDS && password !== accountName;
  }
  return (
    password.length >= (policy.MinimumPasswordLength ?? MINIMUM_LENGTH) &&
    (has.lower || !policy.RequireLowercaseCharacters) &&
    (has.upper || !policy.RequireUppercaseCharacters) &&
    (has.digit || !policy.RequireNumbers) &&
    (has.symbol || !policy.RequireSymbols)
  );
}

export function passwordPolicyView(policy: StoredPasswordPolicy): PasswordPolicy {
  return { ...policy, ExpirePasswords: policy.MaxPasswordAge !== undefined };
}
