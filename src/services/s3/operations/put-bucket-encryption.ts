import type { PutBucketEncryptionRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { notImplemented } from "../errors.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html: AES-256 is what every object has. */
export function putBucketEncryption(s3: S3) {
  return async (input: PutBucketEncryptionRequest, { scope }: RequestContext): Promise<object> => {
    await findBucket(s3, scope, input);
    for (const { ApplyServerSideEncryptionByDefault: rule } of input.ServerSideEncryptionConfiguration?.Rules ?? [])
      if (rule && rule.SSEAlgorithm !== "AES256") throw notImplemented(`SSEAlgorithm ${rule.SSEAlgorithm}`);
    return {};
  };
}
