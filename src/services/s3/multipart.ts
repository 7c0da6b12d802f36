import type { ChecksumType, CompletedPart } from "@aws-sdk/client-s3";
import { CHECKSUM_ALGORITHMS } from "../../base/checksum.ts";
import { entityTooSmall, invalidPart, invalidPartOrder, noSuchUpload } from "./errors.ts";
import { compositeChecksum, compositeEtag, fullChecksum } from "./object-checksums.ts";
import type { S3 } from "./s3.ts";
import {
  partKey,
  uploadKey,
  type Checksums,
  type ObjectRecord,
  type PartRecord,
  type Segment,
  type UploadRecord,
} from "./store.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html: every part but the last. */
const MIN_PART = 5 * 1024 * 1024;
export const MAX_PART = 5 * 1024 ** 3;
export const MAX_PART_NUMBER = 10_000;

/** @throws AwsError `NoSuchUpload` */
export async function findUpload(s3: S3, bucket: string, key: string, uploadId: string): Promise<UploadRecord> {
  const upload = await s3.records.uploads.get(bucket, uploadKey(key, uploadId));
  if (!upload) throw noSuchUpload(uploadId);
  return upload;
}

/**
 * Puts a part whose bytes are stored in the place of the one before with its number.
 * @throws AwsError `NoSuchUpload`; the bytes are gone then
 */
export async function putPart(s3: S3, upload: UploadRecord, part: PartRecord): Promise<void> {
  let replaced: Segment[] = [];
  try {
    await s3.store.transaction(async () => {
      await findUpload(s3, upload.bucket, upload.key, upload.uploadId);
      replaced = (await s3.records.parts.get(upload.uploadId, partKey(part.number)))?.segments ?? [];
      await s3.records.parts.put(upload.uploadId, partKey(part.number), part);
      await s3.contents.adopt(part.segments);
      await s3.contents.letGo(replaced);
    });
  } catch (cause) {
    await s3.contents.remove(part.segments);
    throw cause;
  }
  await s3.contents.remove(replaced);
}

/** Forgets an upload, in the caller's transaction. @returns the bytes of parts that no object has got: to be removed */
export async function forgetUpload(s3: S3, upload: UploadRecord, used: readonly Segment[] = []): Promise<Segment[]> {
  const kept = new Set(used.map(({ id }) => id));
  const parts = await s3.records.parts.list(upload.uploadId);
  const unused = parts.flatMap(({ segments }) => segments).filter(({ id }) => !kept.has(id));
  for (const { number } of parts) await s3.records.parts.delete(upload.uploadId, partKey(number));
  await s3.records.uploads.delete(upload.bucket, uploadKey(upload.key, upload.uploadId));
  await s3.contents.letGo(unused);
  return unused;
}

/**
 * The stored parts that a client wants its object to be made of.
 * @throws AwsError `InvalidPartOrder`, `InvalidPart`, `EntityTooSmall`
 */
export function chosenParts(
  uploadId: string,
  stored: readonly PartRecord[],
  wanted: readonly CompletedPart[],
): PartRecord[] {
  const byNumber = new Map(stored.map((part) => [part.number, part]));
  const chosen = wanted.map((part, index) => {
    if (index > 0 && !(part.PartNumber! > wanted[index - 1]!.PartNumber!)) throw invalidPartOrder(uploadId);
    const found = byNumber.get(part.PartNumber!);
    const differs = CHECKSUM_ALGORITHMS.some((algorithm) => {
      const declared = part[`Checksum${algorithm}`];
      return declared !== undefined && declared !== found?.checksums[algorithm];
    });
    if (!found || plain(found.etag) !== plain(part.ETag ?? "") || differs)
      throw invalidPart(uploadId, part.PartNumber, part.ETag);
    return found;
  });
  for (const part of chosen.slice(0, -1))
    if (part.size < MIN_PART) throw entityTooSmall(part.size, part.number, plain(part.etag));
  return chosen;
}

/** The object that parts make. */
export function assembled(upload: UploadRecord, parts: readonly PartRecord[], lastModified: Date): ObjectRecord {
  const { checksums, checksumType } = checksumsOf(upload, parts);
  return {
    key: upload.key,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    etag: compositeEtag(parts),
    lastModified,
    headers: upload.headers,
    tags: upload.tags,
    checksums,
    ...(checksumType ? { checksumType } : {}),
    segments: parts.flatMap(({ segments }) => segments),
    parts: parts.map((part) => ({ number: part.number, size: part.size, checksums: part.checksums })),
  };
}

function checksumsOf(
  { checksumAlgorithm: algorithm, checksumType }: UploadRecord,
  parts: readonly PartRecord[],
): { checksums: Checksums; checksumType?: ChecksumType } {
  if (!algorithm) return { checksums: {} };
  const value = checksumType === "FULL_OBJECT" ? fullChecksum(algorithm, parts) : compositeChecksum(algorithm, parts);
  return value === undefined ? { checksums: {} } : { checksums: { [algorithm]: value }, checksumType };
}

function plain(etag: string): string {
  return etag.replaceAll('"', "");
}
