import { checkedPolicy } from "../../identity/policy/policy.ts";
import type { SessionFacts } from "../../identity/principal.ts";
import { malformedPolicy, validationError } from "./errors.ts";
import type { StsIdentities } from "./sts.ts";

const MAX_POLICY_ARNS = 10;

/** The policies of a session as a request gives them. */
export interface PolicyRequest {
  Policy?: string;
  PolicyArns?: { arn?: string }[];
}

/**
 * The policies that a session is made with, https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 * @param account of the role
 * @throws AwsError MalformedPolicyDocument, ValidationError
 */
export async function sessionPolicies(
  { Policy, PolicyArns }: PolicyRequest,
  account: string,
  identities: StsIdentities,
): Promise<Pick<SessionFacts, "policy" | "policyArns">> {
  if (Policy !== undefined) checkedPolicy(Policy, "identity", malformedPolicy);
  const arns = [...new Set((PolicyArns ?? []).flatMap(({ arn }) => arn ?? []))];
  if (arns.length > MAX_POLICY_ARNS)
    throw validationError(
      `1 validation error detected: Value '[${arns.join(", ")}]' at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${MAX_POLICY_ARNS}`,
    );
  for (const arn of arns)
    if (!(await identities.managedPolicyExists(account, arn)))
      throw malformedPolicy(`The policy ARN ${arn} is not one of AWS's, or of the role's account.`);
  return {
    ...(Policy === undefined ? {} : { policy: Policy }),
    ...(arns.length ? { policyArns: arns } : {}),
  };
}
