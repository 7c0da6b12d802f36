import type { DeleteBucketRequest } from "@aws-sdk/client-s3";
import type { Segment } from "../store.ts";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { bucketNotEmpty } from "../errors.ts";
import { forgetUpload } from "../multipart.ts";
import type { S3 } from "../s3.ts";
import { GLOBAL } from "../store.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html: unfinished uploads go with the bucket. */
export function deleteBucket(s3: S3) {
  return async (input: DeleteBucketRequest, { scope }: RequestContext): Promise<object> => {
    const unused: Segment[] = [];
    await s3.store.transaction(async () => {
      const { name } = await findBucket(s3, scope, input);
      if ((await s3.records.objects.list(name, { limit: 1 })).length) throw bucketNotEmpty(name);
      for (const upload of await s3.records.uploads.list(name)) unused.push(...(await forgetUpload(s3, upload)));
      await s3.records.buckets.delete(GLOBAL, name);
    });
    await s3.contents.remove(unused);
    return {};
  };
}
