import type { DeleteObjectsOutput, DeleteObjectsRequest, ObjectIdentifier } from "@aws-sdk/client-s3";
import { AwsError } from "../../../base/errors.ts";
import { AccessDenied } from "../../../identity/authorization.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { denialAnswer } from "../../../wire/denials.ts";
import { malformedXml } from "../../../wire/s3/wire.ts";
import { deletionCheck } from "../authorization.ts";
import { findBucket } from "../buckets.ts";
import { notImplemented } from "../errors.ts";
import { checkVersion } from "../object-headers.ts";
import { deleteObjectRecord } from "../objects.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

const MAX_OBJECTS = 1000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export function deleteObjects(s3: S3) {
  return async (input: DeleteObjectsRequest, context: RequestContext): Promise<DeleteObjectsOutput> => {
    refuseOthers(input, ["Bucket", "Delete", "RequestPayer", "ExpectedBucketOwner", "ChecksumAlgorithm"]);
    const { Objects: objects = [], Quiet: quiet } = input.Delete!;
    if (!objects.length || objects.length > MAX_OBJECTS) throw malformedXml();
    const { name } = await findBucket(s3, context.scope, input);
    const output = { Deleted: [] as ObjectIdentifier[], Errors: [] as NonNullable<DeleteObjectsOutput["Errors"]> };
    for (const object of objects) {
      const { Key, VersionId, ETag } = object;
      try {
        if (object.LastModifiedTime || object.Size !== undefined) throw notImplemented("LastModifiedTime and Size");
        await context.authorize([await deletionCheck(s3, { Bucket: name, Key, VersionId }, context)]);
        checkVersion(VersionId);
        await deleteObjectRecord(s3, name, Key!, ETag);
        if (!quiet) output.Deleted.push({ Key, ...(VersionId === undefined ? {} : { VersionId }) });
      } catch (cause) {
        const error = cause instanceof AccessDenied ? denialAnswer(cause, "restXml") : cause;
        if (!(error instanceof AwsError)) throw error;
        output.Errors.push({ Key, VersionId, Code: error.code, Message: error.message });
      }
    }
    return output;
  };
}
