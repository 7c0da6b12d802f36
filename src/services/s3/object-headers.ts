import type { GetObjectOutput } from "@aws-sdk/client-s3";
import { accessControlListNotSupported, invalidArgument, metadataTooLarge, notImplemented } from "./errors.ts";
import type { ObjectHeaders } from "./store.ts";

/** The members of PutObject, CreateMultipartUpload and CopyObject that describe an object. */
export interface ObjectHeadersInput {
  ContentType?: string;
  CacheControl?: string;
  ContentDisposition?: string;
  ContentEncoding?: string;
  ContentLanguage?: string;
  Expires?: Date;
  WebsiteRedirectLocation?: string;
  Metadata?: Record<string, string>;
}

export const HEADER_MEMBERS = [
  "ContentType",
  "CacheControl",
  "ContentDisposition",
  "ContentEncoding",
  "ContentLanguage",
  "Expires",
  "WebsiteRedirectLocation",
  "Metadata",
] as const;

/** Members of every write whose only values are those that S3 has without them. */
export const PLAIN_MEMBERS = ["ACL", "StorageClass", "ServerSideEncryption", "BucketKeyEnabled"] as const;

const MAX_METADATA = 2048;

/**
 * What is stored of an object's headers.
 * @throws AwsError `MetadataTooLarge`
 */
export function headersOf(input: ObjectHeadersInput): ObjectHeaders {
  const metadata = input.Metadata ?? {};
  const size = Object.entries(metadata).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > MAX_METADATA) throw metadataTooLarge(size);
  const encoding = input.ContentEncoding?.split(",").map((coding) => coding.trim());
  return {
    contentType: input.ContentType ?? "binary/octet-stream",
    cacheControl: input.CacheControl,
    contentDisposition: input.ContentDisposition,
    // How the body was sent, and nothing of the object.
    contentEncoding: encoding?.filter((coding) => coding && coding !== "aws-chunked").join(",") || undefined,
    contentLanguage: input.ContentLanguage,
    expires: input.Expires,
    websiteRedirectLocation: input.WebsiteRedirectLocation,
    metadata,
  };
}

/** What GetObject and HeadObject answer of them. */
export function describeHeaders(headers: ObjectHeaders): Partial<GetObjectOutput> {
  return {
    ContentType: headers.contentType,
    CacheControl: headers.cacheControl,
    ContentDisposition: headers.contentDisposition,
    ContentEncoding: headers.contentEncoding,
    ContentLanguage: headers.contentLanguage,
    Expires: headers.expires,
    WebsiteRedirectLocation: headers.websiteRedirectLocation,
    Metadata: headers.metadata,
  };
}

/**
 * Every object is private, in storage class STANDARD and encrypted with AES-256: saying so is right, anything else is not
 * built.
 * @throws AwsError
 */
export function checkPlain(input: {
  ACL?: string;
  StorageClass?: string;
  ServerSideEncryption?: string;
  BucketKeyEnabled?: boolean;
}): void {
  const { ACL, StorageClass, ServerSideEncryption } = input;
  if (ACL !== undefined && ACL !== "private" && ACL !== "bucket-owner-full-control")
    throw accessControlListNotSupported();
  if (StorageClass !== undefined && StorageClass !== "STANDARD") throw notImplemented(`StorageClass ${StorageClass}`);
  if (ServerSideEncryption !== undefined && ServerSideEncryption !== "AES256")
    throw notImplemented(`ServerSideEncryption ${ServerSideEncryption}`);
}

/**
 * Buckets without versions know one version of each object, `null`.
 * @throws AwsError `InvalidArgument`
 */
export function checkVersion(versionId: string | undefined): void {
  if (versionId !== undefined && versionId !== "null")
    throw invalidArgument("Invalid version id specified", "versionId", versionId);
}
