import type { PutBucketTaggingRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { changeBucket } from "../buckets.ts";
import type { S3 } from "../s3.ts";
import { checkTags, MAX_BUCKET_TAGS } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html */
export function putBucketTagging(s3: S3) {
  return async (input: PutBucketTaggingRequest, { scope }: RequestContext): Promise<object> => {
    const tags = checkTags(input.Tagging?.TagSet ?? [], MAX_BUCKET_TAGS);
    await changeBucket(s3, scope, input, (bucket) => ({ ...bucket, tags: tags.length ? tags : undefined }));
    return {};
  };
}
