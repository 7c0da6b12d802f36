import type { ChecksumType, PublicAccessBlockConfiguration, Tag } from "@aws-sdk/client-s3";
import type { ChecksumAlgorithm } from "../../base/checksum.ts";
import type { Collection } from "../../store/collection.ts";
import type { Store } from "../../store/store.ts";

export interface BucketRecord {
  name: string;
  /** The owner. Names are those of all accounts together. */
  account: string;
  region: string;
  createDate: Date;
  tags?: Tag[];
  /** Absent once it was deleted. */
  publicAccessBlock?: PublicAccessBlockConfiguration;
  /** As it was given. */
  policy?: string;
}

/** A file that holds some of an object's bytes, encrypted. It is never changed. */
export interface Segment {
  /** The file's name: random, so that no key can lead anywhere. */
  id: string;
  /** Bytes. */
  size: number;
  /** Hexadecimal: where the key stream of the file begins. */
  nonce: string;
}

/** What a client says of an object and gets back with it. */
export interface ObjectHeaders {
  contentType?: string;
  cacheControl?: string;
  contentDisposition?: string;
  contentEncoding?: string;
  contentLanguage?: string;
  expires?: Date;
  websiteRedirectLocation?: string;
  metadata?: Record<string, string>;
}

/** Base64, by algorithm. */
export type Checksums = Partial<Record<ChecksumAlgorithm, string>>;

export interface ObjectRecord {
  key: string;
  size: number;
  /** In quotation marks. */
  etag: string;
  lastModified: Date;
  headers: ObjectHeaders;
  tags: Tag[];
  checksums: Checksums;
  checksumType?: ChecksumType;
  /** In order; together the object's bytes. */
  segments: Segment[];
  /** The sizes of the parts of an object that was uploaded in parts. */
  parts?: PartSummary[];
}

export interface PartSummary {
  number: number;
  size: number;
  checksums: Checksums;
}

export interface UploadRecord {
  uploadId: string;
  bucket: string;
  key: string;
  initiated: Date;
  headers: ObjectHeaders;
  tags: Tag[];
  checksumAlgorithm?: ChecksumAlgorithm;
  checksumType?: ChecksumType;
}

export interface PartRecord {
  number: number;
  size: number;
  /** In quotation marks. */
  etag: string;
  lastModified: Date;
  checksums: Checksums;
  segments: Segment[];
}

/** The scope of what belongs to no account alone. */
export const GLOBAL = "s3";

/** The table of buckets. */
export const BUCKETS = "s3_bucket";

/** What S3 keeps. */
export interface Collections {
  /** In {@link GLOBAL}, by name. */
  buckets: Collection<BucketRecord, "account" | "region">;
  /** By bucket and key. */
  objects: Collection<ObjectRecord, never>;
  /** By bucket and {@link uploadKey}. */
  uploads: Collection<UploadRecord, "uploadId">;
  /** By upload and {@link partKey}. */
  parts: Collection<PartRecord, never>;
  /** In {@link GLOBAL}: the files that no object has, not yet or not any more. */
  loose: Collection<Segment, never>;
}

/** Uploads are listed by key, then by id. */
export function uploadKey(key: string, uploadId: string): string {
  return `${key}\u0000${uploadId}`;
}

/** Parts are listed by number. */
export function partKey(number: number): string {
  return String(number).padStart(5, "0");
}

/** To be called before the store is opened. */
export function declareCollections(store: Store): Collections {
  const plain = { columns: {}, values: () => ({}) };
  return {
    buckets: store.collection({
      name: BUCKETS,
      columns: { account: "text", region: "text" },
      values: ({ account, region }) => ({ account, region }),
    }),
    objects: store.collection({ name: "s3_object", ...plain }),
    uploads: store.collection({
      name: "s3_upload",
      columns: { uploadId: "text" },
      values: ({ uploadId }) => ({ uploadId }),
    }),
    parts: store.collection({ name: "s3_part", ...plain }),
    loose: store.collection({ name: "s3_loose", ...plain }),
  };
}
