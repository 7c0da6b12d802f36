import type { GetObjectOutput, GetObjectRequest } from "@aws-sdk/client-s3";
import { AwsError } from "../../base/errors.ts";
import { invalidRequest } from "./errors.ts";
import { checksumMembers } from "./object-checksums.ts";
import { describeHeaders } from "./object-headers.ts";
import { parseRange, type ByteRange } from "./range.ts";
import type { ObjectRecord } from "./store.ts";

/** Members of a read that say how the answer's headers are to be. */
const RESPONSE_MEMBERS = [
  "ResponseCacheControl",
  "ResponseContentDisposition",
  "ResponseContentEncoding",
  "ResponseContentLanguage",
  "ResponseContentType",
  "ResponseExpires",
] as const;

/** Every member of GetObject and HeadObject that is acted on. */
export const READ_MEMBERS = [
  "Bucket",
  "Key",
  "Range",
  "PartNumber",
  "IfMatch",
  "IfNoneMatch",
  "IfModifiedSince",
  "IfUnmodifiedSince",
  "VersionId",
  "ChecksumMode",
  "RequestPayer",
  "ExpectedBucketOwner",
  ...RESPONSE_MEMBERS,
] as const;

type ReadInput = Pick<GetObjectRequest, (typeof RESPONSE_MEMBERS)[number] | "Range" | "PartNumber" | "ChecksumMode">;

/** The members that GetObject and HeadObject share. Checksums are of the whole, so a part comes without them. */
export function describeObject(
  object: ObjectRecord,
  input: ReadInput,
  { isPart }: { isPart: boolean },
): Omit<GetObjectOutput, "Body"> {
  const checksums = input.ChecksumMode === "ENABLED" && !isPart;
  return {
    AcceptRanges: "bytes",
    LastModified: object.lastModified,
    ETag: object.etag,
    ...(checksums ? { ...checksumMembers(object.checksums), ChecksumType: object.checksumType } : {}),
    ...withOverrides(describeHeaders(object.headers), input),
    ServerSideEncryption: "AES256",
    ...(object.tags.length ? { TagCount: object.tags.length } : {}),
  };
}

function withOverrides(headers: Partial<GetObjectOutput>, input: ReadInput): Partial<GetObjectOutput> {
  return {
    ...headers,
    CacheControl: input.ResponseCacheControl ?? headers.CacheControl,
    ContentDisposition: input.ResponseContentDisposition ?? headers.ContentDisposition,
    ContentEncoding: input.ResponseContentEncoding ?? headers.ContentEncoding,
    ContentLanguage: input.ResponseContentLanguage ?? headers.ContentLanguage,
    ContentType: input.ResponseContentType ?? headers.ContentType,
    Expires: input.ResponseExpires ?? headers.Expires,
  };
}

/**
 * The bytes that a read asks for: of a range, of a part, or all.
 * @throws AwsError `InvalidRange`, `InvalidPartNumber`, `InvalidRequest`
 */
export function selectBytes(
  object: ObjectRecord,
  { Range, PartNumber }: ReadInput,
): { range: ByteRange | undefined; part: boolean } {
  if (PartNumber === undefined) return { range: parseRange(Range, object.size), part: false };
  if (Range !== undefined) throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  const parts = object.parts ?? [{ number: 1, size: object.size }];
  const part = parts[PartNumber - 1];
  if (!part) throw new AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416);
  const start = parts.slice(0, PartNumber - 1).reduce((sum, { size }) => sum + size, 0);
  return { range: { start, end: start + part.size }, part: object.parts !== undefined };
}
