import { answers } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html: objects stay encrypted, as AWS's default is the same. */
export function deleteBucketEncryption(s3: S3) {
  return answers(s3, {});
}
