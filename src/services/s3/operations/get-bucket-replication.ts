import { lacks } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html: no bucket has one. */
export function getBucketReplication(s3: S3) {
  return lacks(s3, "ReplicationConfigurationNotFoundError", "The replication configuration was not found");
}
