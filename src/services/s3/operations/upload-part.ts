import type { UploadPartCommandInput, UploadPartOutput } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { isRequestPayload } from "../../../wire/request-payload.ts";
import { findBucket } from "../buckets.ts";
import { entityTooLarge, invalidArgument } from "../errors.ts";
import { findUpload, MAX_PART, MAX_PART_NUMBER, putPart } from "../multipart.ts";
import { CHECKSUM_MEMBERS, checksumMembers, digested, Digests, wantedAlgorithms } from "../object-checksums.ts";
import { timestamp } from "../objects.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export function uploadPart(s3: S3) {
  return async (input: UploadPartCommandInput, { scope }: RequestContext): Promise<UploadPartOutput> => {
    const { Body, ...rest } = input;
    refuseOthers(rest, [
      "Bucket",
      "Key",
      "UploadId",
      "PartNumber",
      ...CHECKSUM_MEMBERS,
      "ContentLength",
      "ContentMD5",
      "ChecksumAlgorithm",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    if (!isRequestPayload(Body)) throw new Error("the body was not streamed");
    checkPartNumber(input.PartNumber!);
    const { name } = await findBucket(s3, scope, rest);
    const upload = await findUpload(s3, name, input.Key!, input.UploadId!);
    if (Body.length > MAX_PART) throw entityTooLarge(Body.length, MAX_PART);
    const digests = new Digests(wantedAlgorithms(input, Body.announced, upload.checksumAlgorithm));
    const segment = await s3.contents.write(digested(Body, input, digests));
    await putPart(s3, upload, {
      number: input.PartNumber!,
      size: segment.size,
      etag: digests.etag,
      lastModified: timestamp(s3),
      checksums: digests.checksums,
      segments: [segment],
    });
    return { ETag: digests.etag, ...checksumMembers(digests.checksums), ServerSideEncryption: "AES256" };
  };
}

/** @throws AwsError `InvalidArgument` */
export function checkPartNumber(number: number): void {
  if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER)
    throw invalidArgument(
      `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`,
      "partNumber",
      String(number),
    );
}
