import type { GetObjectTaggingOutput, GetObjectTaggingRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { checkVersion } from "../object-headers.ts";
import { findObject } from "../objects.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export function getObjectTagging(s3: S3) {
  return async (input: GetObjectTaggingRequest, { scope }: RequestContext): Promise<GetObjectTaggingOutput> => {
    checkVersion(input.VersionId);
    const { name } = await findBucket(s3, scope, input);
    const object = await findObject(s3, name, input.Key!);
    return { TagSet: object.tags };
  };
}
