import type { ListObjectsV2Output, ListObjectsV2Request } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket, ownerOf } from "../buckets.ts";
import { readToken, writeToken } from "../continuation.ts";
import { objectsPage, pageSize, shownKey, summarize } from "../object-listing.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjectsV2(s3: S3) {
  return async (input: ListObjectsV2Request, { scope }: RequestContext): Promise<ListObjectsV2Output> => {
    refuseOthers(input, [
      "Bucket",
      "Prefix",
      "Delimiter",
      "StartAfter",
      "ContinuationToken",
      "MaxKeys",
      "EncodingType",
      "FetchOwner",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    const { name } = await findBucket(s3, scope, input);
    const { Prefix: prefix = "", Delimiter: delimiter = "", StartAfter: startAfter = "" } = input;
    const max = pageSize(input.MaxKeys);
    const after = readToken(input.ContinuationToken) ?? startAfter;
    const page = await objectsPage(s3, name, { prefix, delimiter, after, max });
    const shown = (text: string) => shownKey(text, input.EncodingType);
    const owner = input.FetchOwner ? { Owner: ownerOf(scope.account) } : {};
    return {
      Name: name,
      Prefix: shown(prefix),
      MaxKeys: max,
      ...(delimiter ? { Delimiter: shown(delimiter) } : {}),
      ...(startAfter ? { StartAfter: shown(startAfter) } : {}),
      IsTruncated: page.next !== undefined,
      KeyCount: page.objects.length + page.prefixes.length,
      ContinuationToken: input.ContinuationToken,
      ...(page.next === undefined ? {} : { NextContinuationToken: writeToken(page.next) }),
      EncodingType: input.EncodingType,
      Contents: page.objects.map((object) => ({ ...summarize(object, shown), ...owner })),
      CommonPrefixes: page.prefixes.map((Prefix) => ({ Prefix: shown(Prefix) })),
    };
  };
}
