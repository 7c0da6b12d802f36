import { lacks } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html: no bucket has one. */
export function getBucketLifecycleConfiguration(s3: S3) {
  return lacks(s3, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist");
}
