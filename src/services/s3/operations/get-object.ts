import type { GetObjectCommandOutput, GetObjectRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { checkRead } from "../conditions.ts";
import { checkVersion } from "../object-headers.ts";
import { describeObject, READ_MEMBERS, selectBytes } from "../object-view.ts";
import { holdObject } from "../objects.ts";
import { contentRange, type ByteRange } from "../range.ts";
import type { S3 } from "../s3.ts";
import type { ObjectRecord } from "../store.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export function getObject(s3: S3) {
  return async (
    input: GetObjectRequest,
    { scope, signal }: RequestContext,
  ): Promise<Omit<GetObjectCommandOutput, "$metadata">> => {
    refuseOthers(input, READ_MEMBERS);
    checkVersion(input.VersionId);
    const { name } = await findBucket(s3, scope, input);
    const object = await holdObject(s3, name, input.Key!);
    try {
      checkRead(object, input);
      const { range, part } = selectBytes(object, input);
      const { start, end } = range ?? { start: 0, end: object.size };
      return {
        ...describeObject(object, input, { isPart: range !== undefined }),
        ContentLength: end - start,
        ...(range ? { ContentRange: contentRange(range, object.size) } : {}),
        ...(part ? { PartsCount: object.parts?.length } : {}),
        Body: bytesOf(s3, object, { start, end }, signal) as unknown as GetObjectCommandOutput["Body"], // the wire takes any iterable
      };
    } catch (cause) {
      s3.contents.release(object.segments);
      throw cause;
    }
  };
}

/** An object's bytes, which are let go of when they have been read or nobody wants more. */
function bytesOf(
  s3: S3,
  { segments }: ObjectRecord,
  { start, end }: ByteRange,
  gone: AbortSignal,
): AsyncIterable<Uint8Array> {
  let held = true;
  const release = () => {
    if (held) s3.contents.release(segments);
    held = false;
  };
  gone.addEventListener("abort", release); // a client may go away before the first byte was asked for
  if (gone.aborted) release();
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* s3.contents.read(segments, start, end);
      } finally {
        release();
      }
    },
  };
}
