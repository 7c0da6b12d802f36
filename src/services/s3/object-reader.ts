import { AwsError } from "../../base/errors.ts";
import type { ObjectReader } from "../../tasks/ports.ts";
import { findOwnBucket } from "./buckets.ts";
import { holdObject } from "./objects.ts";
import type { S3 } from "./s3.ts";

/** Objects for tasks: read on behalf of the task's account, from any Region's buckets. */
export function objectReader(s3: S3): ObjectReader {
  return {
    async readObject({ account }, { bucket, key, maxBytes }) {
      await findOwnBucket(s3, account, { Bucket: bucket });
      const object = await holdObject(s3, bucket, key);
      try {
        if (object.size > maxBytes)
          throw new AwsError("EntityTooLarge", `The object is larger than ${maxBytes} bytes.`, 400);
        const pieces: Buffer[] = [];
        for await (const piece of s3.contents.read(object.segments, 0, object.size)) pieces.push(piece);
        return Buffer.concat(pieces);
      } finally {
        s3.contents.release(object.segments);
      }
    },
  };
}
