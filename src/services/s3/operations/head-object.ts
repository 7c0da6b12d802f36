import type { HeadObjectOutput, HeadObjectRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket } from "../buckets.ts";
import { checkRead } from "../conditions.ts";
import { checkVersion } from "../object-headers.ts";
import { describeObject, READ_MEMBERS, selectBytes } from "../object-view.ts";
import { findObject } from "../objects.ts";
import { contentRange } from "../range.ts";
import type { S3 } from "../s3.ts";
import { refuseOthers } from "../supported.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export function headObject(s3: S3) {
  return async (input: HeadObjectRequest, { scope }: RequestContext): Promise<HeadObjectOutput> => {
    refuseOthers(input, READ_MEMBERS);
    checkVersion(input.VersionId);
    const { name } = await findBucket(s3, scope, input);
    const object = await findObject(s3, name, input.Key!);
    checkRead(object, input);
    const { range, part } = selectBytes(object, input);
    return {
      ...describeObject(object, input, { isPart: range !== undefined }),
      ContentLength: range ? range.end - range.start : object.size,
      ...(range ? { ContentRange: contentRange(range, object.size) } : {}),
      ...(part ? { PartsCount: object.parts?.length } : {}),
    };
  };
}
