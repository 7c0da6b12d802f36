import { lacks } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html: no bucket has one. */
export function getBucketPolicyStatus(s3: S3) {
  return lacks(s3, "NoSuchBucketPolicy", "The bucket policy does not exist");
}
