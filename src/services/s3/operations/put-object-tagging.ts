import type { PutObjectTaggingOutput, PutObjectTaggingRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { checkVersion } from "../object-headers.ts";
import { changeTags } from "../objects.ts";
import type { S3 } from "../s3.ts";
import { checkTags, MAX_OBJECT_TAGS } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export function putObjectTagging(s3: S3) {
  return async (input: PutObjectTaggingRequest, { scope }: RequestContext): Promise<PutObjectTaggingOutput> => {
    checkVersion(input.VersionId);
    const { name } = await findBucket(s3, scope, input);
    await changeTags(s3, name, input.Key!, checkTags(input.Tagging?.TagSet ?? [], MAX_OBJECT_TAGS));
    return {};
  };
}
