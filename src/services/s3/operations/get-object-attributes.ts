import type { GetObjectAttributesOutput, GetObjectAttributesRequest, ObjectPart } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { checksumMembers } from "../object-checksums.ts";
import { checkVersion } from "../object-headers.ts";
import { pageSize } from "../object-listing.ts";
import { findObject } from "../objects.ts";
import type { S3 } from "../s3.ts";
import type { ObjectRecord } from "../store.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export function getObjectAttributes(s3: S3) {
  return async (input: GetObjectAttributesRequest, { scope }: RequestContext): Promise<GetObjectAttributesOutput> => {
    refuseOthers(input, [
      "Bucket",
      "Key",
      "VersionId",
      "MaxParts",
      "PartNumberMarker",
      "ObjectAttributes",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    checkVersion(input.VersionId);
    const { name } = await findBucket(s3, scope, input);
    const object = await findObject(s3, name, input.Key!);
    const asked = new Set<string>(input.ObjectAttributes);
    const hasChecksum = Object.keys(object.checksums).length > 0;
    return {
      LastModified: object.lastModified,
      ...(asked.has("ETag") ? { ETag: object.etag.replaceAll('"', "") } : {}),
      ...(asked.has("Checksum") && hasChecksum
        ? { Checksum: { ...checksumMembers(object.checksums), ChecksumType: object.checksumType } }
        : {}),
      ...(asked.has("ObjectParts") && object.parts ? { ObjectParts: partsPage(object, input) } : {}),
      ...(asked.has("StorageClass") ? { StorageClass: "STANDARD" as const } : {}),
      ...(asked.has("ObjectSize") ? { ObjectSize: object.size } : {}),
    };
  };
}

function partsPage({ parts = [], checksums }: ObjectRecord, input: GetObjectAttributesRequest) {
  const max = pageSize(input.MaxParts);
  const marker = /^\d+$/.test(input.PartNumberMarker ?? "") ? Number(input.PartNumberMarker) : 0;
  const rest = parts.filter(({ number }) => number > marker);
  const page = rest.slice(0, max);
  const shown = page.map((part): ObjectPart => ({
    PartNumber: part.number,
    Size: part.size,
    ...checksumMembers(part.checksums),
  }));
  return {
    TotalPartsCount: parts.length,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(page.at(-1)?.number ?? marker),
    MaxParts: max,
    IsTruncated: rest.length > page.length,
    // Parts are listed where they can be checked.
    ...(Object.keys(checksums).length ? { Parts: shown } : {}),
  };
}
