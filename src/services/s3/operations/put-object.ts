import type { PutObjectCommandInput, PutObjectOutput } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { isRequestPayload } from "../../../wire/request-payload.ts";
import { checkKey } from "../bucket-name.ts";
import { findBucket } from "../buckets.ts";
import { checkWrite } from "../conditions.ts";
import { entityTooLarge } from "../errors.ts";
import { CHECKSUM_MEMBERS, checksumMembers, digested, Digests, wantedAlgorithms } from "../object-checksums.ts";
import { checkPlain, HEADER_MEMBERS, headersOf, PLAIN_MEMBERS } from "../object-headers.ts";
import { putNewObject, timestamp } from "../objects.ts";
import type { S3 } from "../s3.ts";
import type { ObjectRecord } from "../store.ts";
import { refuseOthers } from "../supported.ts";
import { parseTagging } from "../tags.ts";

/** What one request can upload, bytes. */
export const MAX_OBJECT = 5 * 1024 ** 3;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export function putObject(s3: S3) {
  return async (input: PutObjectCommandInput, { scope }: RequestContext): Promise<PutObjectOutput> => {
    const { Bucket, Key = "", Body, ...rest } = input;
    refuseOthers(rest, [
      ...HEADER_MEMBERS,
      ...PLAIN_MEMBERS,
      ...CHECKSUM_MEMBERS,
      "ContentLength",
      "ContentMD5",
      "ChecksumAlgorithm",
      "IfMatch",
      "IfNoneMatch",
      "Tagging",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    if (!isRequestPayload(Body)) throw new Error("the body was not streamed");
    checkPlain(input);
    checkKey(Key);
    const headers = headersOf(input);
    const tags = parseTagging(input.Tagging);
    const { name } = await findBucket(s3, scope, { Bucket, ...rest });
    if (Body.length > MAX_OBJECT) throw entityTooLarge(Body.length, MAX_OBJECT);
    checkWrite(Key, await s3.records.objects.get(name, Key), input); // before the body is read, and again at the end
    const digests = new Digests(wantedAlgorithms(input, Body.announced));
    const segment = await s3.contents.write(digested(Body, input, digests));
    const object: ObjectRecord = {
      key: Key,
      size: segment.size,
      etag: digests.etag,
      lastModified: timestamp(s3),
      headers,
      tags,
      checksums: digests.checksums,
      ...(Object.keys(digests.checksums).length ? { checksumType: "FULL_OBJECT" } : {}),
      segments: [segment],
    };
    await putNewObject(s3, name, object, input);
    return {
      ETag: object.etag,
      ...checksumMembers(object.checksums),
      ChecksumType: object.checksumType,
      ServerSideEncryption: "AES256",
    };
  };
}
