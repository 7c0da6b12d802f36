import type { DeleteObjectOutput, DeleteObjectRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { checkVersion } from "../object-headers.ts";
import { deleteObjectRecord } from "../objects.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export function deleteObject(s3: S3) {
  return async (input: DeleteObjectRequest, { scope }: RequestContext): Promise<DeleteObjectOutput> => {
    refuseOthers(input, ["Bucket", "Key", "VersionId", "IfMatch", "RequestPayer", "ExpectedBucketOwner"]);
    checkVersion(input.VersionId);
    const { name } = await findBucket(s3, scope, input);
    await deleteObjectRecord(s3, name, input.Key!, input.IfMatch);
    return {};
  };
}
