import type { ListBucketsOutput, ListBucketsRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { ownerOf } from "../buckets.ts";
import { readToken, writeToken } from "../continuation.ts";
import type { S3 } from "../s3.ts";
import { GLOBAL } from "../store.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export function listBuckets(s3: S3) {
  return async (input: ListBucketsRequest, { scope }: RequestContext): Promise<ListBucketsOutput> => {
    const { Prefix, BucketRegion, MaxBuckets, ContinuationToken } = input;
    const where = { account: scope.account, ...(BucketRegion === undefined ? {} : { region: BucketRegion }) };
    const after = readToken(ContinuationToken);
    const found = (await s3.records.buckets.list(GLOBAL, { where, after })).filter(({ name }) =>
      name.startsWith(Prefix ?? ""),
    );
    const page = MaxBuckets === undefined ? found : found.slice(0, MaxBuckets);
    return {
      Buckets: page.map((bucket) => ({
        Name: bucket.name,
        CreationDate: bucket.createDate,
        BucketRegion: bucket.region,
        BucketArn: `arn:aws:s3:::${bucket.name}`,
      })),
      Owner: ownerOf(scope.account),
      ...(page.length < found.length ? { ContinuationToken: writeToken(page.at(-1)!.name) } : {}),
      ...(Prefix === undefined ? {} : { Prefix }),
    };
  };
}
