import type { ListObjectVersionsOutput, ListObjectVersionsRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket, ownerOf } from "../buckets.ts";
import { objectsPage, pageSize, shownKey, summarize } from "../object-listing.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html: one version of each object, `null`. */
export function listObjectVersions(s3: S3) {
  return async (input: ListObjectVersionsRequest, { scope }: RequestContext): Promise<ListObjectVersionsOutput> => {
    refuseOthers(input, [
      "Bucket",
      "Prefix",
      "Delimiter",
      "KeyMarker",
      "VersionIdMarker",
      "MaxKeys",
      "EncodingType",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    const { name } = await findBucket(s3, scope, input);
    const { Prefix: prefix = "", Delimiter: delimiter = "", KeyMarker: marker = "" } = input;
    const max = pageSize(input.MaxKeys);
    const page = await objectsPage(s3, name, { prefix, delimiter, after: marker, max });
    const shown = (text: string) => shownKey(text, input.EncodingType);
    return {
      Name: name,
      Prefix: shown(prefix),
      KeyMarker: shown(marker),
      VersionIdMarker: input.VersionIdMarker ?? "",
      MaxKeys: max,
      ...(delimiter ? { Delimiter: shown(delimiter) } : {}),
      IsTruncated: page.next !== undefined,
      ...(page.next === undefined ? {} : { NextKeyMarker: shown(page.next), NextVersionIdMarker: "null" }),
      EncodingType: input.EncodingType,
      Versions: page.objects.map((object) => ({
        ...summarize(object, shown),
        StorageClass: "STANDARD",
        VersionId: "null",
        IsLatest: true,
        Owner: ownerOf(scope.account),
      })),
      CommonPrefixes: page.prefixes.map((Prefix) => ({ Prefix: shown(Prefix) })),
    };
  };
}
