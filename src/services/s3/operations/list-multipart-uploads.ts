import type { ListMultipartUploadsOutput, ListMultipartUploadsRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket, ownerOf } from "../buckets.ts";
import { listPage } from "../listing.ts";
import { pageSize, shownKey } from "../object-listing.ts";
import type { S3 } from "../s3.ts";
import { uploadKey, type UploadRecord } from "../store.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export function listMultipartUploads(s3: S3) {
  return async (input: ListMultipartUploadsRequest, { scope }: RequestContext): Promise<ListMultipartUploadsOutput> => {
    refuseOthers(input, [
      "Bucket",
      "Prefix",
      "Delimiter",
      "KeyMarker",
      "UploadIdMarker",
      "MaxUploads",
      "EncodingType",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    const { name } = await findBucket(s3, scope, input);
    const { Prefix: prefix = "", Delimiter: delimiter = "", KeyMarker = "", UploadIdMarker = "" } = input;
    const max = pageSize(input.MaxUploads);
    // Without an id, all uploads of the marker's key are behind: no id is greater than this one.
    const after =
      KeyMarker &&
      (KeyMarker.endsWith(delimiter || "\u0000") ? KeyMarker : uploadKey(KeyMarker, UploadIdMarker || "g"));
    const idOf = (upload: UploadRecord) => uploadKey(upload.key, upload.uploadId);
    const page = await listPage<UploadRecord>(
      (behind, limit) => s3.records.uploads.list(name, { after: behind, limit }),
      async () => undefined,
      idOf,
      { prefix, delimiter, after, max },
    );
    const uploads = page.entries.flatMap((entry) => ("item" in entry ? [entry.item] : []));
    const prefixes = page.entries.flatMap((entry) => ("prefix" in entry ? [entry.prefix] : []));
    const [nextKey = "", nextId = ""] = (page.next ?? "").split("\u0000");
    const shown = (text: string) => shownKey(text, input.EncodingType);
    const owner = ownerOf(scope.account);
    return {
      Bucket: name,
      KeyMarker: shown(KeyMarker),
      UploadIdMarker,
      ...(page.next === undefined ? {} : { NextKeyMarker: shown(nextKey), NextUploadIdMarker: nextId }),
      Prefix: shown(prefix),
      ...(delimiter ? { Delimiter: shown(delimiter) } : {}),
      MaxUploads: max,
      IsTruncated: page.next !== undefined,
      EncodingType: input.EncodingType,
      Uploads: uploads.map((upload) => ({
        UploadId: upload.uploadId,
        Key: shown(upload.key),
        Initiated: upload.initiated,
        StorageClass: "STANDARD",
        Owner: owner,
        Initiator: owner,
        ChecksumAlgorithm: upload.checksumAlgorithm,
        ChecksumType: upload.checksumType,
      })),
      CommonPrefixes: prefixes.map((Prefix) => ({ Prefix: shown(Prefix) })),
    };
  };
}
