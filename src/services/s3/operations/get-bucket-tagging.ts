import type { GetBucketTaggingOutput, GetBucketTaggingRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { noSuchConfiguration } from "../errors.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html */
export function getBucketTagging(s3: S3) {
  return async (input: GetBucketTaggingRequest, { scope }: RequestContext): Promise<GetBucketTaggingOutput> => {
    const { name, tags } = await findBucket(s3, scope, input);
    if (!tags) throw noSuchConfiguration("NoSuchTagSet", "The TagSet does not exist", name);
    return { TagSet: tags };
  };
}
