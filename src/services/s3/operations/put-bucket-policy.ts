import type { PutBucketPolicyRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { checkBucketPolicy } from "../bucket-policy.ts";
import { changeBucket, findBucket } from "../buckets.ts";
import { publicPolicyBlocked } from "../errors.ts";
import { isPublicBucketPolicy } from "../public-bucket.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html; whoever shuts the account out can be let in
 * again: the root user always gets at a bucket's policy.
 */
export function putBucketPolicy(s3: S3) {
  return async (input: PutBucketPolicyRequest, { scope, principal }: RequestContext): Promise<object> => {
    refuseOthers(input, [
      "Bucket",
      "Policy",
      "ContentMD5",
      "ChecksumAlgorithm",
      "ConfirmRemoveSelfBucketAccess",
      "ExpectedBucketOwner",
    ]);
    const policy = input.Policy!;
    const { name, publicAccessBlock } = await findBucket(s3, scope, input);
    checkBucketPolicy(policy, name);
    if (publicAccessBlock?.BlockPublicPolicy && isPublicBucketPolicy(policy))
      throw publicPolicyBlocked(principal.arn, name);
    await changeBucket(s3, scope, input, (bucket) => ({ ...bucket, policy }));
    return {};
  };
}
