import { isPublicPolicy } from "../../identity/policy/public-policy.ts";

const OWN_KEYS = [
  "s3:dataaccesspointarn",
  "s3:dataaccesspointaccount",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/** Whether a bucket's policy lets strangers in. @param text of a policy that was checked */
export function isPublicBucketPolicy(text: string): boolean {
  return isPublicPolicy(text, OWN_KEYS);
}
