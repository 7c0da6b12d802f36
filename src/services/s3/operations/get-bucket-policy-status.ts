import type { GetBucketPolicyStatusOutput, GetBucketPolicyStatusRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { noSuchBucketPolicy } from "../errors.ts";
import { isPublicBucketPolicy } from "../public-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html */
export function getBucketPolicyStatus(s3: S3) {
  return async (
    input: GetBucketPolicyStatusRequest,
    { scope }: RequestContext,
  ): Promise<GetBucketPolicyStatusOutput> => {
    const { name, policy, publicAccessBlock } = await findBucket(s3, scope, input);
    if (policy === undefined) throw noSuchBucketPolicy(name);
    return { PolicyStatus: { IsPublic: isPublicBucketPolicy(policy) && !publicAccessBlock?.RestrictPublicBuckets } };
  };
}
