import type { PutBucketAclRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { accessControlListNotSupported } from "../errors.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html, of a bucket whose owner owns all: refused. */
export function putBucketAcl(s3: S3) {
  return async (input: PutBucketAclRequest, { scope }: RequestContext): Promise<object> => {
    await findBucket(s3, scope, input);
    throw accessControlListNotSupported();
  };
}
