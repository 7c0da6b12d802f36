import type { BucketLocationConstraint, GetBucketLocationOutput, GetBucketLocationRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findOwnBucket } from "../buckets.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html: answered in every Region; us-east-1 is nothing. */
export function getBucketLocation(s3: S3) {
  return async (input: GetBucketLocationRequest, { scope }: RequestContext): Promise<GetBucketLocationOutput> => {
    const { region } = await findOwnBucket(s3, scope.account, input);
    return { LocationConstraint: region === "us-east-1" ? undefined : (region as BucketLocationConstraint) };
  };
}
