import type { ListPartsOutput, ListPartsRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket, ownerOf } from "../buckets.ts";
import { findUpload } from "../multipart.ts";
import { checksumMembers } from "../object-checksums.ts";
import { pageSize } from "../object-listing.ts";
import type { S3 } from "../s3.ts";
import { partKey } from "../store.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export function listParts(s3: S3) {
  return async (input: ListPartsRequest, { scope }: RequestContext): Promise<ListPartsOutput> => {
    refuseOthers(input, [
      "Bucket",
      "Key",
      "UploadId",
      "MaxParts",
      "PartNumberMarker",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    const { name } = await findBucket(s3, scope, input);
    const upload = await findUpload(s3, name, input.Key!, input.UploadId!);
    const marker = /^\d+$/.test(input.PartNumberMarker ?? "") ? Number(input.PartNumberMarker) : 0;
    const max = pageSize(input.MaxParts);
    const found = await s3.records.parts.list(upload.uploadId, { after: partKey(marker), limit: max + 1 });
    const page = found.slice(0, max);
    const owner = ownerOf(scope.account);
    return {
      Bucket: name,
      Key: upload.key,
      UploadId: upload.uploadId,
      PartNumberMarker: String(marker),
      ...(found.length > max ? { NextPartNumberMarker: String(page.at(-1)?.number ?? marker) } : {}),
      MaxParts: max,
      IsTruncated: found.length > max,
      Parts: page.map((part) => ({
        PartNumber: part.number,
        LastModified: part.lastModified,
        ETag: part.etag,
        Size: part.size,
        ...checksumMembers(part.checksums),
      })),
      Initiator: owner,
      Owner: owner,
      StorageClass: "STANDARD",
      ChecksumAlgorithm: upload.checksumAlgorithm,
      ChecksumType: upload.checksumType,
    };
  };
}
