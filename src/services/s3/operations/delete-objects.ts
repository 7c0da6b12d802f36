import type { DeleteObjectsOutput, DeleteObjectsRequest, ObjectIdentifier } from "@aws-sdk/client-s3";
import { AwsError } from "../../../base/errors.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { malformedXml } from "../../../wire/s3/wire.ts";
import { findBucket } from "../buckets.ts";
import { notImplemented } from "../errors.ts";
import { checkVersion } from "../object-headers.ts";
import { deleteObjectRecord } from "../objects.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

const MAX_OBJECTS = 1000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export function deleteObjects(s3: S3) {
  return async (input: DeleteObjectsRequest, { scope }: RequestContext): Promise<DeleteObjectsOutput> => {
    refuseOthers(input, ["Bucket", "Delete", "RequestPayer", "ExpectedBucketOwner", "ChecksumAlgorithm"]);
    const { Objects: objects = [], Quiet: quiet } = input.Delete!;
    if (!objects.length || objects.length > MAX_OBJECTS) throw malformedXml();
    const { name } = await findBucket(s3, scope, input);
    const output = { Deleted: [] as ObjectIdentifier[], Errors: [] as NonNullable<DeleteObjectsOutput["Errors"]> };
    for (const object of objects) {
      const { Key, VersionId, ETag } = object;
      try {
        if (object.LastModifiedTime || object.Size !== undefined) throw notImplemented("LastModifiedTime and Size");
        checkVersion(VersionId);
        await deleteObjectRecord(s3, name, Key!, ETag);
        if (!quiet) output.Deleted.push({ Key, ...(VersionId === undefined ? {} : { VersionId }) });
      } catch (cause) {
        if (!(cause instanceof AwsError)) throw cause;
        output.Errors.push({ Key, VersionId, Code: cause.code, Message: cause.message });
      }
    }
    return output;
  };
}
