import { checkedPolicy, type Policy } from "../../identity/policy/policy.ts";
import type { Principal } from "../../identity/principal.ts";
import { limitExceeded, malformedPolicy, policyLocksOut } from "./errors.ts";

/** Bytes. */
const MAX_POLICY = 32 * 1024;

/**
 * Checks a new key policy, https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#prevent-unmanageable-key
 * @param bypass whether the caller may lock itself out
 * @throws AwsError MalformedPolicyDocumentException, LimitExceededException
 */
export function checkKeyPolicy(text: string, principal: Principal, bypass: boolean | undefined): void {
  if (Buffer.byteLength(text) > MAX_POLICY)
    throw limitExceeded(`The key policy is longer than the limit of ${MAX_POLICY} bytes.`);
  const policy = checkedPolicy(text, "resource", malformedPolicy);
  if (!bypass && !letsChangePolicy(policy, principal)) throw policyLocksOut();
}

/** Whether a statement lets the caller, its role or its account put another policy on the key. */
function letsChangePolicy({ statements }: Policy, principal: Principal): boolean {
  return statements.some(
    (statement) =>
      statement.effect === "Allow" &&
      statement.namingOf(principal) !== undefined &&
      statement.coversAction("kms:putkeypolicy"),
  );
}
