import { sizeInvalid } from "./errors.ts";

/** The range of an upload's `Content-Range`, which is `START-END` here, with `bytes ` before it from some clients. */
export function parseRange(header: string | undefined): { start: number; end: number } | undefined {
  if (header === undefined) return undefined;
  const match = /^(?:bytes[ =])?(\d+)-(\d+)(?:\/(?:\d+|\*))?$/.exec(header);
  const start = Number(match?.[1]);
  const end = Number(match?.[2]);
  if (!match || end < start) throw sizeInvalid("Content-Range is not START-END");
  return { start, end };
}
