import type { PutPublicAccessBlockRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { changeBucket } from "../buckets.ts";
import type { S3 } from "../s3.ts";

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html: of ACLs, which no bucket has, nothing is
 * public whatever it says.
 */
export function putPublicAccessBlock(s3: S3) {
  return async (input: PutPublicAccessBlockRequest, { scope }: RequestContext): Promise<object> => {
    const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } =
      input.PublicAccessBlockConfiguration ?? {};
    const publicAccessBlock = {
      BlockPublicAcls: BlockPublicAcls ?? false,
      IgnorePublicAcls: IgnorePublicAcls ?? false,
      BlockPublicPolicy: BlockPublicPolicy ?? false,
      RestrictPublicBuckets: RestrictPublicBuckets ?? false,
    };
    await changeBucket(s3, scope, input, (bucket) => ({ ...bucket, publicAccessBlock }));
    return {};
  };
}
