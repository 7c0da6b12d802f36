import { checkedPolicy } from "../../identity/policy/policy.ts";
import { invalidPolicy } from "./errors.ts";

/**
 * Checks a file system's policy, https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 * @throws AwsError InvalidPolicyException
 */
export function checkPolicy(text: string): void {
  checkedPolicy(text, "resource", invalidPolicy);
}
