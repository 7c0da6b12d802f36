import type { DeleteBucketTaggingRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { changeBucket } from "../buckets.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html */
export function deleteBucketTagging(s3: S3) {
  return async (input: DeleteBucketTaggingRequest, { scope }: RequestContext): Promise<object> => {
    await changeBucket(s3, scope, input, (bucket) => ({ ...bucket, tags: undefined }));
    return {};
  };
}
