import { checkedPolicy } from "../../identity/policy/policy.ts";
import { isPublicPolicy } from "../../identity/policy/public-policy.ts";
import { malformedPolicy } from "./errors.ts";

/** @throws AwsError MalformedPolicyDocumentException */
export function checkPolicy(text: string): void {
  checkedPolicy(text, "resource", malformedPolicy);
}

/**
 * Whether a valid policy lets in whoever comes: a statement allows everybody, and no condition says who.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
 */
export function isPublic(text: string): boolean {
  return isPublicPolicy(text, ["aws:sourceorgid"]);
}
