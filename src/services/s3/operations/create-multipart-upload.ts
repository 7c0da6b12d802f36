import type { CreateMultipartUploadOutput, CreateMultipartUploadRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { checkKey } from "../bucket-name.ts";
import { findBucket } from "../buckets.ts";
import { invalidRequest, noSuchBucket } from "../errors.ts";
import { defaultChecksumType, namedAlgorithm } from "../object-checksums.ts";
import { checkPlain, HEADER_MEMBERS, headersOf, PLAIN_MEMBERS } from "../object-headers.ts";
import { timestamp } from "../objects.ts";
import type { S3 } from "../s3.ts";
import { GLOBAL, uploadKey, type UploadRecord } from "../store.ts";
import { refuseOthers } from "../supported.ts";
import { parseTagging } from "../tags.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export function createMultipartUpload(s3: S3) {
  return async (
    input: CreateMultipartUploadRequest,
    { scope }: RequestContext,
  ): Promise<CreateMultipartUploadOutput> => {
    refuseOthers(input, [
      "Bucket",
      "Key",
      ...HEADER_MEMBERS,
      ...PLAIN_MEMBERS,
      "Tagging",
      "ChecksumAlgorithm",
      "ChecksumType",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    checkPlain(input);
    const key = input.Key!;
    checkKey(key);
    const headers = headersOf(input);
    const tags = parseTagging(input.Tagging);
    const checksumAlgorithm = namedAlgorithm(input.ChecksumAlgorithm);
    if (input.ChecksumType && !checksumAlgorithm)
      throw invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
    const checksumType = input.ChecksumType ?? (checksumAlgorithm && defaultChecksumType(checksumAlgorithm));
    const isSha = checksumAlgorithm === "SHA1" || checksumAlgorithm === "SHA256";
    if (
      (checksumType === "FULL_OBJECT" && isSha) ||
      (checksumType === "COMPOSITE" && checksumAlgorithm === "CRC64NVME")
    )
      throw invalidRequest(
        `The ${checksumType} checksum type cannot be used with the ${checksumAlgorithm?.toLowerCase()} checksum algorithm.`,
      );
    const { name } = await findBucket(s3, scope, input);
    const upload: UploadRecord = {
      uploadId: s3.ids.hex(64),
      bucket: name,
      key,
      initiated: timestamp(s3),
      headers,
      tags,
      ...(checksumAlgorithm ? { checksumAlgorithm, checksumType } : {}),
    };
    await s3.store.transaction(async () => {
      if (!(await s3.records.buckets.get(GLOBAL, name))) throw noSuchBucket(name);
      await s3.records.uploads.insert(name, uploadKey(key, upload.uploadId), upload);
    });
    return {
      Bucket: name,
      Key: key,
      UploadId: upload.uploadId,
      ChecksumAlgorithm: checksumAlgorithm,
      ChecksumType: checksumType,
      ServerSideEncryption: "AES256",
    };
  };
}
