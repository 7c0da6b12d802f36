import { lacks } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html: no bucket has one. */
export function getBucketWebsite(s3: S3) {
  return lacks(s3, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration");
}
