import type { ListBucketsOutput, ListBucketsRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { ownerOf } from "../buckets.ts";
import { readToken, writeToken } from "../continuation.ts";
import { invalidArgument } from "../errors.ts";
import type { S3 } from "../s3.ts";
import { GLOBAL } from "../store.ts";

const MOST = 10_000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export function listBuckets(s3: S3) {
  return async (input: ListBucketsRequest, { scope }: RequestContext): Promise<ListBucketsOutput> => {
    const { Prefix, BucketRegion, MaxBuckets, ContinuationToken } = input;
    if (MaxBuckets !== undefined && !(Number.isInteger(MaxBuckets) && MaxBuckets >= 1 && MaxBuckets <= MOST))
      throw invalidArgument(
        `Argument max-buckets must be an integer between 1 and ${MOST}`,
        "max-buckets",
        String(MaxBuckets),
      );
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
