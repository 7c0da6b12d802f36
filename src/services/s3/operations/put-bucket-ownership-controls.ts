import type { PutBucketOwnershipControlsRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { notImplemented } from "../errors.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html: there are no ACLs. */
export function putBucketOwnershipControls(s3: S3) {
  return async (input: PutBucketOwnershipControlsRequest, { scope }: RequestContext): Promise<object> => {
    await findBucket(s3, scope, input);
    for (const { ObjectOwnership } of input.OwnershipControls?.Rules ?? [])
      if (ObjectOwnership !== "BucketOwnerEnforced") throw notImplemented(`ObjectOwnership ${ObjectOwnership}`);
    return {};
  };
}
