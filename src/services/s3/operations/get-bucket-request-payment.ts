import type { GetBucketRequestPaymentOutput } from "@aws-sdk/client-s3";
import { answers } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html: the owner pays. */
export function getBucketRequestPayment(s3: S3) {
  return answers<GetBucketRequestPaymentOutput>(s3, { Payer: "BucketOwner" });
}
