import { answers } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html: there is none. */
export function deleteBucketPolicy(s3: S3) {
  return answers(s3, {});
}
