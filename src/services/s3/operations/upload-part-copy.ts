import type { UploadPartCopyOutput, UploadPartCopyRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { checkCopySource } from "../conditions.ts";
import { copySource, SOURCE_MEMBERS } from "../copy-source.ts";
import { entityTooLarge, invalidArgument } from "../errors.ts";
import { findUpload, MAX_PART, putPart } from "../multipart.ts";
import { checksumMembers, Digests } from "../object-checksums.ts";
import { holdObject, timestamp } from "../objects.ts";
import type { ByteRange } from "../range.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";
import { checkPartNumber } from "./upload-part.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export function uploadPartCopy(s3: S3) {
  return async (input: UploadPartCopyRequest, { scope }: RequestContext): Promise<UploadPartCopyOutput> => {
    refuseOthers(input, [
      "Bucket",
      "Key",
      "UploadId",
      "PartNumber",
      ...SOURCE_MEMBERS,
      "CopySourceRange",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    checkPartNumber(input.PartNumber!);
    const { name } = await findBucket(s3, scope, input);
    const upload = await findUpload(s3, name, input.Key!, input.UploadId!);
    const source = await copySource(s3, scope, input);
    const original = await holdObject(s3, source.bucket, source.key);
    try {
      checkCopySource(original, input);
      const { start, end } = sourceRange(input.CopySourceRange, original.size);
      if (end - start > MAX_PART) throw entityTooLarge(end - start, MAX_PART);
      const digests = new Digests(upload.checksumAlgorithm ? [upload.checksumAlgorithm] : []);
      const segment = await s3.contents.write(digests.through(s3.contents.read(original.segments, start, end)));
      const lastModified = timestamp(s3);
      await putPart(s3, upload, {
        number: input.PartNumber!,
        size: segment.size,
        etag: digests.etag,
        lastModified,
        checksums: digests.checksums,
        segments: [segment],
      });
      return {
        CopyPartResult: { ETag: digests.etag, LastModified: lastModified, ...checksumMembers(digests.checksums) },
        ServerSideEncryption: "AES256",
      };
    } finally {
      s3.contents.release(original.segments);
    }
  };
}

/** Unlike a read's, a copy's range must be of this form and lie in the object. */
function sourceRange(header: string | undefined, size: number): ByteRange {
  if (header === undefined) return { start: 0, end: size };
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  if (!match || Number(match[2]) < Number(match[1]))
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      header,
    );
  const range = { start: Number(match[1]), end: Number(match[2]) + 1 };
  if (range.end > size)
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      "x-amz-copy-source-range",
      header,
    );
  return range;
}
