import type { GetObjectAclOutput, GetObjectAclRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { findBucket, fullControl } from "../buckets.ts";
import { checkVersion } from "../object-headers.ts";
import { findObject } from "../objects.ts";
import type { S3 } from "../s3.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
export function getObjectAcl(s3: S3) {
  return async (input: GetObjectAclRequest, { scope }: RequestContext): Promise<GetObjectAclOutput> => {
    checkVersion(input.VersionId);
    const { name, account } = await findBucket(s3, scope, input);
    await findObject(s3, name, input.Key!);
    return fullControl(account);
  };
}
