import { lacks } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html: no bucket has one. */
export function getBucketCors(s3: S3) {
  return lacks(s3, "NoSuchCORSConfiguration", "The CORS configuration does not exist");
}
