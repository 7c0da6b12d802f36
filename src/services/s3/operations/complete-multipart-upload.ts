import type { CompleteMultipartUploadOutput, CompleteMultipartUploadRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { bucketOfHost } from "../../../wire/s3/address.ts";
import { badDigest } from "../../../wire/s3/body-check.ts";
import { malformedXml } from "../../../wire/s3/wire.ts";
import { findBucket } from "../buckets.ts";
import { invalidRequest } from "../errors.ts";
import { assembled, chosenParts, findUpload, forgetUpload } from "../multipart.ts";
import { CHECKSUM_MEMBERS, checksumMembers, declaredChecksums } from "../object-checksums.ts";
import { putObjectRecord, timestamp } from "../objects.ts";
import type { S3 } from "../s3.ts";
import type { ObjectRecord, Segment } from "../store.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export function completeMultipartUpload(s3: S3) {
  return async (
    input: CompleteMultipartUploadRequest,
    { scope, host }: RequestContext,
  ): Promise<CompleteMultipartUploadOutput> => {
    refuseOthers(input, [
      "Bucket",
      "Key",
      "UploadId",
      "MultipartUpload",
      ...CHECKSUM_MEMBERS,
      "ChecksumType",
      "MpuObjectSize",
      "IfMatch",
      "IfNoneMatch",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    const wanted = input.MultipartUpload?.Parts ?? [];
    if (!wanted.length) throw malformedXml();
    const { name } = await findBucket(s3, scope, input);
    const upload = await findUpload(s3, name, input.Key!, input.UploadId!);
    const parts = chosenParts(upload.uploadId, await s3.records.parts.list(upload.uploadId), wanted);
    const object = assembled(upload, parts, timestamp(s3));
    checkDeclared(input, object);
    let unused: Segment[] = [];
    await putObjectRecord(s3, name, object, input, async () => {
      await findUpload(s3, name, upload.key, upload.uploadId); // nobody else has ended it meanwhile
      const now = await s3.records.parts.list(upload.uploadId);
      chosenParts(upload.uploadId, now, wanted);
      unused = await forgetUpload(s3, upload, object.segments);
    });
    await s3.contents.remove(unused);
    return {
      Location: locationOf(host, name, object.key),
      Bucket: name,
      Key: object.key,
      ETag: object.etag,
      ...checksumMembers(object.checksums),
      ChecksumType: object.checksumType,
      ServerSideEncryption: "AES256",
    };
  };
}

/** Where the object is found, as its uploader addresses it. */
function locationOf(host: string, bucket: string, key: string): string {
  return `http://${host}/${bucketOfHost(host) ? "" : `${bucket}/`}${encodeURIComponent(key)}`;
}

function checkDeclared(input: CompleteMultipartUploadRequest, object: ObjectRecord): void {
  const { MpuObjectSize: size, ChecksumType: type } = input;
  if (size !== undefined && size !== object.size)
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${object.size}`,
    );
  if (type !== undefined && object.checksumType !== undefined && type !== object.checksumType)
    throw invalidRequest(
      `The upload was created using the ${object.checksumType} checksum mode. The complete request must use the same checksum mode.`,
    );
  for (const [algorithm, value] of Object.entries(declaredChecksums(input))) {
    const computed = object.checksums[algorithm as keyof typeof object.checksums];
    // A composite checksum may be sent without the number of its parts.
    if (computed !== value && computed?.replace(/-\d+$/, "") !== value) throw badDigest(algorithm);
  }
}
