import type { RequestContext } from "../../wire/context.ts";
import { findBucket, type BucketInput } from "./buckets.ts";
import { noSuchConfiguration } from "./errors.ts";
import type { S3 } from "./s3.ts";

/** Answers for a kind of configuration that no bucket can have: what AWS says of a bucket as it was created. */
export function answers<Output extends object>(s3: S3, output: Output) {
  return async (input: BucketInput, { scope }: RequestContext): Promise<Output> => {
    await findBucket(s3, scope, input);
    return output;
  };
}

/** As {@link answers}, where AWS says that there is none. */
export function lacks(s3: S3, code: string, message: string) {
  return async (input: BucketInput, { scope }: RequestContext): Promise<never> => {
    const { name } = await findBucket(s3, scope, input);
    throw noSuchConfiguration(code, message, name);
  };
}
