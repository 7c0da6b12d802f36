import type { GetBucketAclOutput, GetBucketAclRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket, fullControl } from "../buckets.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html: the owner's full control, as nothing else can be. */
export function getBucketAcl(s3: S3) {
  return async (input: GetBucketAclRequest, { scope }: RequestContext): Promise<GetBucketAclOutput> => {
    const { account } = await findBucket(s3, scope, input);
    return fullControl(account);
  };
}
