import type { GetBucketOwnershipControlsOutput } from "@aws-sdk/client-s3";
import { answers } from "../fresh-bucket.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html: there are no ACLs. */
export function getBucketOwnershipControls(s3: S3) {
  return answers<GetBucketOwnershipControlsOutput>(s3, {
    OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
  });
}
