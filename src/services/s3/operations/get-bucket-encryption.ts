import { answers } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** Every object's. */
const ENCRYPTION = {
  ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
  BucketKeyEnabled: false,
} as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html: every object is encrypted with AES-256. */
export function getBucketEncryption(s3: S3) {
  return answers(s3, { ServerSideEncryptionConfiguration: { Rules: [ENCRYPTION] } });
}
