import type { GetPublicAccessBlockOutput, GetPublicAccessBlockRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { noSuchConfiguration } from "../errors.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html */
export function getPublicAccessBlock(s3: S3) {
  return async (input: GetPublicAccessBlockRequest, { scope }: RequestContext): Promise<GetPublicAccessBlockOutput> => {
    const { name, publicAccessBlock } = await findBucket(s3, scope, input);
    if (!publicAccessBlock)
      throw noSuchConfiguration(
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
        name,
      );
    return { PublicAccessBlockConfiguration: publicAccessBlock };
  };
}
