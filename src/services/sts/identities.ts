import type { Iam } from "../iam/iam.ts";
import { findPolicy } from "../iam/managed-policies.ts";
import { oidcProviderOf } from "../iam/oidc-providers.ts";
import type { StsIdentities } from "./sts.ts";

const POLICY_ARN = /^arn:aws:iam::(aws|\d{12}):policy\/./;

/** What IAM has, as STS asks for it. */
export function iamIdentities(iam: Iam): StsIdentities {
  const { directory } = iam;
  return {
    role: (role) => directory.role(role),
    userKey: (accessKeyId) => directory.userKey(accessKeyId),
    managedPolicyExists: async (account, arn) =>
      POLICY_ARN.test(arn) && (await findPolicy(iam, { account }, arn)) !== undefined,
    oidcProvider: (account, issuer) => oidcProviderOf(iam, { account }, issuer),
  };
}
