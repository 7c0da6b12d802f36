import type { CopyObjectOutput, CopyObjectRequest } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../wire/context.ts";
import { checkKey } from "../bucket-name.ts";
import { findBucket } from "../buckets.ts";
import { checkCopySource } from "../conditions.ts";
import { copySource, SOURCE_MEMBERS } from "../copy-source.ts";
import { entityTooLarge, invalidRequest } from "../errors.ts";
import { checksumMembers, Digests, namedAlgorithm } from "../object-checksums.ts";
import { checkPlain, HEADER_MEMBERS, headersOf, PLAIN_MEMBERS } from "../object-headers.ts";
import { holdObject, putNewObject, timestamp } from "../objects.ts";
import type { S3 } from "../s3.ts";
import type { ObjectRecord } from "../store.ts";
import { refuseOthers } from "../supported.ts";
import { parseTagging } from "../tags.ts";
import { MAX_OBJECT } from "./put-object.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export function copyObject(s3: S3) {
  return async (input: CopyObjectRequest, { scope }: RequestContext): Promise<CopyObjectOutput> => {
    refuseOthers(input, [
      "Bucket",
      "Key",
      ...SOURCE_MEMBERS,
      ...HEADER_MEMBERS,
      ...PLAIN_MEMBERS,
      "MetadataDirective",
      "TaggingDirective",
      "Tagging",
      "ChecksumAlgorithm",
      "IfMatch",
      "IfNoneMatch",
      "RequestPayer",
      "ExpectedBucketOwner",
    ]);
    checkPlain(input);
    const key = input.Key!;
    checkKey(key);
    const { name } = await findBucket(s3, scope, input);
    const source = await copySource(s3, scope, input);
    const original = await holdObject(s3, source.bucket, source.key);
    try {
      checkCopySource(original, input);
      const replaces = input.MetadataDirective === "REPLACE";
      if (source.bucket === name && source.key === key && !replaces)
        throw invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
      if (original.size > MAX_OBJECT) throw entityTooLarge(original.size, MAX_OBJECT);
      const tags = input.TaggingDirective === "REPLACE" ? parseTagging(input.Tagging) : original.tags;
      const headers = replaces ? headersOf(input) : original.headers;
      const digests = await digestsOf(s3, original, input.ChecksumAlgorithm);
      const object: ObjectRecord = {
        key,
        size: original.size,
        // A copy is one object, not parts: its entity tag is that of its bytes.
        etag: digests?.etag ?? original.etag,
        lastModified: timestamp(s3),
        headers,
        tags,
        checksums: digests?.checksums ?? original.checksums,
        checksumType: Object.keys(digests?.checksums ?? original.checksums).length ? "FULL_OBJECT" : undefined,
        segments: await s3.contents.copy(original.segments),
      };
      await putNewObject(s3, name, object, input);
      return {
        CopyObjectResult: {
          ETag: object.etag,
          LastModified: object.lastModified,
          ...checksumMembers(object.checksums),
          ChecksumType: object.checksumType,
        },
        ServerSideEncryption: "AES256",
      };
    } finally {
      s3.contents.release(original.segments);
    }
  };
}

/** Reads an object for what is not known of it as a whole; undefined when all is. */
async function digestsOf(s3: S3, object: ObjectRecord, algorithm: string | undefined): Promise<Digests | undefined> {
  const named = namedAlgorithm(algorithm);
  if (!object.parts && (!named || object.checksums[named] !== undefined)) return undefined;
  const known = Object.keys(object.checksums) as (keyof typeof object.checksums)[];
  const digests = new Digests(named ? [named] : known);
  for await (const _ of digests.through(s3.contents.read(object.segments, 0, object.size)));
  return digests;
}
