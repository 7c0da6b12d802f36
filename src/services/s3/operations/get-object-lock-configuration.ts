import { lacks } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html: no bucket has one. */
export function getObjectLockConfiguration(s3: S3) {
  return lacks(s3, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket");
}
