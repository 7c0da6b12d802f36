import { invalidRange } from "./errors.ts";

/** Bytes of an object, from `start` to before `end`. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * What a `Range` header asks for. S3 answers one range; a header of another unit, of several ranges or of no readable
 * form asks for the whole. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @returns undefined for the whole
 * @throws AwsError `InvalidRange` when nothing of the object is in the range
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "") {
    const length = Math.min(Number(last), size);
    if (length === 0) throw invalidRange(header!, size);
    return { start: size - length, end: size };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return undefined;
  if (start >= size) throw invalidRange(header!, size);
  return { start, end: last === "" ? size : Math.min(Number(last) + 1, size) };
}

/** `bytes 0-9/100`. */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}
