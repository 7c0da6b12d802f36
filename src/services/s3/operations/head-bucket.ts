import type { HeadBucketOutput, HeadBucketRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export function headBucket(s3: S3) {
  return async (input: HeadBucketRequest, { scope }: RequestContext): Promise<HeadBucketOutput> => {
    const bucket = await findBucket(s3, scope, input);
    return { BucketArn: `arn:aws:s3:::${bucket.name}`, BucketRegion: bucket.region, AccessPointAlias: false };
  };
}
