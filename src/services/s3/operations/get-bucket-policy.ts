import type { GetBucketPolicyOutput, GetBucketPolicyRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { noSuchBucketPolicy } from "../errors.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html */
export function getBucketPolicy(s3: S3) {
  return async (input: GetBucketPolicyRequest, { scope }: RequestContext): Promise<GetBucketPolicyOutput> => {
    const { name, policy } = await findBucket(s3, scope, input);
    if (policy === undefined) throw noSuchBucketPolicy(name);
    return { Policy: policy };
  };
}
