import type { DeleteBucketPolicyRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { changeBucket } from "../buckets.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html: also where there is none. */
export function deleteBucketPolicy(s3: S3) {
  return async (input: DeleteBucketPolicyRequest, { scope }: RequestContext): Promise<object> => {
    await changeBucket(s3, scope, input, (bucket) => ({ ...bucket, policy: undefined }));
    return {};
  };
}
