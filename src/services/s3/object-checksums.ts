import { hash } from "node:crypto";
import type { ChecksumType } from "@aws-sdk/client-s3";
import { CHECKSUM_ALGORITHMS, combineCrc, createChecksum, type ChecksumAlgorithm } from "../../base/checksum.ts";
import { badDigest, invalidDigest } from "../../wire/s3/body-check.ts";
import type { RequestPayload } from "../../wire/request-payload.ts";
import { invalidRequest, notImplemented } from "./errors.ts";
import type { Checksums, PartRecord } from "./store.ts";

/** The members of a request that declare a checksum: `ChecksumCRC32` and its likes. */
export type ChecksumMembers = { [Name in `Checksum${ChecksumAlgorithm}`]?: string };

export const CHECKSUM_MEMBERS = CHECKSUM_ALGORITHMS.map((algorithm) => `Checksum${algorithm}` as const);

const HEADER = "x-amz-checksum-";

/** As members of an output. */
export function checksumMembers(checksums: Checksums): ChecksumMembers {
  return Object.fromEntries(Object.entries(checksums).map(([algorithm, value]) => [`Checksum${algorithm}`, value]));
}

/** What a request declares. */
export function declaredChecksums(input: ChecksumMembers): Checksums {
  const declared: Checksums = {};
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = input[`Checksum${algorithm}`];
    if (value !== undefined) declared[algorithm] = value;
  }
  return declared;
}

/**
 * The algorithm that a request names.
 * @throws AwsError `NotImplemented` for those that are not computed here
 */
export function namedAlgorithm(name: string | undefined): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined;
  const known = CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name);
  if (!known) throw notImplemented(`ChecksumAlgorithm ${name}`);
  return known;
}

/** The digests of one upload, computed while it passes. */
export class Digests {
  private readonly md5 = createChecksum("MD5");
  private readonly computed: Map<ChecksumAlgorithm, ReturnType<typeof createChecksum>>;
  /** Bytes that have passed. */
  size = 0;
  private md5Value: Buffer | undefined;
  private values: Checksums = {};

  constructor(algorithms: Iterable<ChecksumAlgorithm>) {
    this.computed = new Map([...algorithms].map((algorithm) => [algorithm, createChecksum(algorithm)]));
  }

  async *through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      this.size += piece.length;
      this.md5.update(piece);
      for (const checksum of this.computed.values()) checksum.update(piece);
      yield piece;
    }
    this.md5Value = this.md5.digest();
    for (const [algorithm, checksum] of this.computed) this.values[algorithm] = checksum.digest().toString("base64");
  }

  /** In quotation marks. */
  get etag(): string {
    return `"${this.md5Value!.toString("hex")}"`;
  }

  get checksums(): Checksums {
    return this.values;
  }

  /** @throws AwsError `BadDigest` */
  compare(contentMd5: string | undefined, declared: Checksums): void {
    if (contentMd5 !== undefined && contentMd5 !== this.md5Value!.toString("base64")) throw badDigest("Content-MD5");
    for (const [algorithm, value] of Object.entries(declared))
      if (this.values[algorithm as ChecksumAlgorithm] !== value) throw badDigest(algorithm);
  }
}

export interface DigestInput extends ChecksumMembers {
  ContentMD5?: string;
  ChecksumAlgorithm?: string;
}

/**
 * Passes an upload through its digests; they are compared at its end, with the headers before and the trailers behind.
 * @throws AwsError `InvalidDigest`, `BadDigest`, `InvalidRequest`, while it is read
 */
export async function* digested(
  payload: RequestPayload,
  input: DigestInput,
  digests: Digests,
): AsyncGenerator<Uint8Array> {
  const { ContentMD5 } = input;
  if (ContentMD5 !== undefined && !/^[A-Za-z0-9+/]{22}==$/.test(ContentMD5)) throw invalidDigest();
  yield* digests.through(payload);
  const trailing: ChecksumMembers = {};
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = payload.trailers[HEADER + algorithm.toLowerCase()];
    if (value !== undefined) trailing[`Checksum${algorithm}`] = value;
  }
  digests.compare(ContentMD5, { ...declaredChecksums(input), ...declaredChecksums(trailing) });
}

/**
 * Which checksums to compute of an upload: those declared in headers, promised as trailers, or named.
 * @param announced the trailers' names
 * @param always computed whether or not the client declares it
 * @throws AwsError `InvalidRequest`, `NotImplemented`
 */
export function wantedAlgorithms(
  input: DigestInput,
  announced: readonly string[],
  always?: ChecksumAlgorithm,
): Set<ChecksumAlgorithm> {
  const wanted = new Set(Object.keys(declaredChecksums(input)) as ChecksumAlgorithm[]);
  if (wanted.size > 1)
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  for (const name of announced)
    if (name.startsWith(HEADER)) {
      const algorithm = CHECKSUM_ALGORITHMS.find((one) => name === HEADER + one.toLowerCase());
      if (!algorithm) throw notImplemented(name);
      wanted.add(algorithm);
    }
  const named = namedAlgorithm(input.ChecksumAlgorithm);
  if (named) wanted.add(named);
  if (always) wanted.add(always);
  return wanted;
}

/** The entity tag of an object of parts: the MD5 of their MD5s, and their number. */
export function compositeEtag(parts: readonly Pick<PartRecord, "etag">[]): string {
  const digests = parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ""), "hex"));
  return `"${hash("md5", Buffer.concat(digests))}-${parts.length}"`;
}

/** The checksum of the parts' checksums, and their number; undefined when a part lacks one. */
export function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly Pick<PartRecord, "checksums">[],
): string | undefined {
  const checksum = createChecksum(algorithm);
  for (const { checksums } of parts) {
    const value = checksums[algorithm];
    if (value === undefined) return undefined;
    checksum.update(Buffer.from(value, "base64"));
  }
  return `${checksum.digest().toString("base64")}-${parts.length}`;
}

/** The checksum of the whole object, worked out from those of its parts; undefined when a part lacks one. */
export function fullChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly Pick<PartRecord, "checksums" | "size">[],
): string | undefined {
  if (algorithm === "SHA1" || algorithm === "SHA256") return undefined;
  let whole: Buffer | undefined;
  for (const { checksums, size } of parts) {
    const value = checksums[algorithm];
    if (value === undefined) return undefined;
    const part = Buffer.from(value, "base64");
    whole = whole ? combineCrc(algorithm, whole, part, size) : part;
  }
  return whole?.toString("base64");
}

/** Which kind of checksum objects of parts get. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
export function defaultChecksumType(algorithm: ChecksumAlgorithm): ChecksumType {
  return algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
}
