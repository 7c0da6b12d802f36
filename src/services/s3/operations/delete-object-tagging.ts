import type { DeleteObjectTaggingOutput, DeleteObjectTaggingRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { checkVersion } from "../object-headers.ts";
import { changeTags } from "../objects.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export function deleteObjectTagging(s3: S3) {
  return async (input: DeleteObjectTaggingRequest, { scope }: RequestContext): Promise<DeleteObjectTaggingOutput> => {
    checkVersion(input.VersionId);
    const { name } = await findBucket(s3, scope, input);
    await changeTags(s3, name, input.Key!, []);
    return {};
  };
}
