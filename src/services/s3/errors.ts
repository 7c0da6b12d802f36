import { AwsError } from "../../base/errors.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function error(code: string, status: number, message: string, fields: Record<string, unknown> = {}): AwsError {
  return new AwsError(code, message, status, fields);
}

export function noSuchBucket(bucket: string): AwsError {
  return error("NoSuchBucket", 404, "The specified bucket does not exist", { BucketName: bucket });
}

export function noSuchKey(key: string): AwsError {
  return error("NoSuchKey", 404, "The specified key does not exist.", { Key: key });
}

export function noSuchUpload(uploadId: string): AwsError {
  const message =
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
  return error("NoSuchUpload", 404, message, { UploadId: uploadId });
}

/** One of the `NoSuch…` answers to a question for configuration that a bucket does not have. */
export function noSuchConfiguration(code: string, message: string, bucket: string): AwsError {
  return error(code, 404, message, { BucketName: bucket });
}

export function noSuchBucketPolicy(bucket: string): AwsError {
  return noSuchConfiguration("NoSuchBucketPolicy", "The bucket policy does not exist", bucket);
}

export function accessDenied(): AwsError {
  return error("AccessDenied", 403, "Access Denied");
}

/** The bucket's own settings do not let it become public. */
export function publicPolicyBlocked(principalArn: string, bucket: string): AwsError {
  const message = `User: ${principalArn} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::${bucket}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`;
  return error("AccessDenied", 403, message);
}

export function malformedPolicy(message: string): AwsError {
  return error("MalformedPolicy", 400, message);
}

/** The bucket is in another Region than the one that the request was signed for. */
export function wrongRegion(signedFor: string, region: string): AwsError {
  const message = `The authorization header is malformed; the region '${signedFor}' is wrong; expecting '${region}'`;
  return error("AuthorizationHeaderMalformed", 400, message, { Region: region });
}

export function bucketAlreadyExists(bucket: string): AwsError {
  const message =
    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.";
  return error("BucketAlreadyExists", 409, message, { BucketName: bucket });
}

export function bucketAlreadyOwnedByYou(bucket: string): AwsError {
  const message = "Your previous request to create the named bucket succeeded and you already own it.";
  return error("BucketAlreadyOwnedByYou", 409, message, { BucketName: bucket });
}

export function bucketNotEmpty(bucket: string): AwsError {
  return error("BucketNotEmpty", 409, "The bucket you tried to delete is not empty", { BucketName: bucket });
}

export function invalidBucketName(bucket: string): AwsError {
  return error("InvalidBucketName", 400, "The specified bucket is not valid.", { BucketName: bucket });
}

export function illegalLocationConstraint(constraint: string): AwsError {
  const message = `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`;
  return error("IllegalLocationConstraintException", 400, message);
}

export function invalidLocationConstraint(constraint: string): AwsError {
  return error("InvalidLocationConstraint", 400, "The specified location-constraint is not valid", {
    LocationConstraint: constraint,
  });
}

export function invalidArgument(message: string, name?: string, value?: string): AwsError {
  return error("InvalidArgument", 400, message, name === undefined ? {} : { ArgumentName: name, ArgumentValue: value });
}

export function invalidRequest(message: string): AwsError {
  return error("InvalidRequest", 400, message);
}

export function keyTooLong(size: number): AwsError {
  return error("KeyTooLongError", 400, "Your key is too long", { Size: size, MaxSizeAllowed: 1024 });
}

export function metadataTooLarge(size: number): AwsError {
  return error("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size", {
    Size: size,
    MaxSizeAllowed: 2048,
  });
}

export function entityTooLarge(size: number, max: number): AwsError {
  return error("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size", {
    ProposedSize: size,
    MaxSizeAllowed: max,
  });
}

export function entityTooSmall(size: number, partNumber: number, etag: string): AwsError {
  return error("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size", {
    ProposedSize: size,
    MinSizeAllowed: 5 * 1024 * 1024,
    PartNumber: partNumber,
    ETag: etag,
  });
}

export function invalidPart(uploadId: string, partNumber: number | undefined, etag: string | undefined): AwsError {
  const message =
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
  return error("InvalidPart", 400, message, { UploadId: uploadId, PartNumber: partNumber ?? "", ETag: etag ?? "" });
}

export function invalidPartOrder(uploadId: string): AwsError {
  const message =
    "The list of parts was not in ascending order. The parts list must be specified in order by part number.";
  return error("InvalidPartOrder", 400, message, { UploadId: uploadId });
}

export function invalidRange(range: string, size: number): AwsError {
  return error("InvalidRange", 416, "The requested range is not satisfiable", {
    RangeRequested: range,
    ActualObjectSize: size,
  });
}

/** @param condition the header that did not hold */
export function preconditionFailed(condition: string): AwsError {
  const message = "At least one of the pre-conditions you specified did not hold";
  return error("PreconditionFailed", 412, message, { Condition: condition });
}

export function notModified(): AwsError {
  return error("NotModified", 304, "Not Modified");
}

export function invalidTag(message: string): AwsError {
  return error("InvalidTag", 400, message);
}

export function accessControlListNotSupported(): AwsError {
  return error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
}

/** @param what the member that is not acted on, such as `StorageClass GLACIER` */
export function notImplemented(what: string): AwsError {
  const message = `A header you provided implies functionality that is not implemented (${what} is not built in Neargate yet)`;
  return error("NotImplemented", 501, message);
}
