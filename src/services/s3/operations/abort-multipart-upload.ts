import type { AbortMultipartUploadOutput, AbortMultipartUploadRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { findUpload, forgetUpload } from "../multipart.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export function abortMultipartUpload(s3: S3) {
  return async (input: AbortMultipartUploadRequest, { scope }: RequestContext): Promise<AbortMultipartUploadOutput> => {
    refuseOthers(input, ["Bucket", "Key", "UploadId", "RequestPayer", "ExpectedBucketOwner"]);
    const { name } = await findBucket(s3, scope, input);
    const unused = await s3.store.transaction(async () =>
      forgetUpload(s3, await findUpload(s3, name, input.Key!, input.UploadId!)),
    );
    await s3.contents.remove(unused);
    return {};
  };
}
