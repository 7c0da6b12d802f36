import type { AuthorizationRules } from "../../wire/authorization.ts";

/**
 * What callers of STS must be allowed to do. Whoever has keys may ask who they are, and may have a session of their own. A
 * role's trust policy decides who may have the role: the operations look at it themselves, since their errors say less
 * than those of others.
 */
export const stsRules: AuthorizationRules<typeof import("@aws-sdk/client-sts")> = {
  AssumeRole: () => [],
  AssumeRoleWithWebIdentity: () => [],
  GetCallerIdentity: () => [],
  GetSessionToken: () => [],
};
