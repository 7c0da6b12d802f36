import type { ListObjectsOutput, ListObjectsRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket, ownerOf } from "../buckets.ts";
import { objectsPage, pageSize, shownKey, summarize } from "../object-listing.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export function listObjects(s3: S3) {
  return async (input: ListObjectsRequest, { scope }: RequestContext): Promise<ListObjectsOutput> => {
    refuseOthers(input, [
      "Bucket",
      "Prefix",
      "Delimiter",
      "Marker",
      "MaxKeys",
      "EncodingType",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    const { name } = await findBucket(s3, scope, input);
    const { Prefix: prefix = "", Delimiter: delimiter = "", Marker: marker = "" } = input;
    const max = pageSize(input.MaxKeys);
    const page = await objectsPage(s3, name, { prefix, delimiter, after: marker, max });
    const shown = (text: string) => shownKey(text, input.EncodingType);
    return {
      Name: name,
      Prefix: shown(prefix),
      Marker: shown(marker),
      MaxKeys: max,
      ...(delimiter ? { Delimiter: shown(delimiter) } : {}),
      IsTruncated: page.next !== undefined,
      // Without a delimiter clients go on behind the last key themselves.
      ...(page.next !== undefined && delimiter ? { NextMarker: shown(page.next) } : {}),
      EncodingType: input.EncodingType,
      Contents: page.objects.map((object) => ({ ...summarize(object, shown), Owner: ownerOf(scope.account) })),
      CommonPrefixes: page.prefixes.map((Prefix) => ({ Prefix: shown(Prefix) })),
    };
  };
}
