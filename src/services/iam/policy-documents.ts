import { checkedPolicy, type Policy, type PolicyType } from "../../identity/policy/policy.ts";
import { malformedPolicy, quotaExceeded } from "./errors.ts";

/** Characters, without white space. */
const MAX_MANAGED_SIZE = 6144;

/** Checks a document and compiles it. @throws AwsError MalformedPolicyDocument */
export function checkPolicy(document: string, type: PolicyType): Policy {
  return checkedPolicy(document, type, malformedPolicy);
}

/** Checks the document of a managed policy. @throws AwsError MalformedPolicyDocument, LimitExceeded */
export function checkManagedPolicy(document: string): void {
  const { version } = checkPolicy(document, "identity");
  if (version !== "2012-10-17") throw malformedPolicy("Policy document must be version 2012-10-17 or greater.");
  if (sizeOf(document) > MAX_MANAGED_SIZE) throw quotaExceeded("PolicySize", MAX_MANAGED_SIZE);
}

/** Characters that count against a quota: white space does not. */
export function sizeOf(document: string): number {
  return document.replaceAll(/\s/g, "").length;
}
