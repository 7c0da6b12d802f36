/** What may wait unless an option says otherwise. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html */
const DEFAULT_BUFFER_BYTES = 10 * 1024 * 1024;

const SIZE = /^(\d+(?:\.\d+)?) ?([kmgtp])?i?b?$/i;
const POWERS = ["", "k", "m", "g", "t", "p"];

export type LogOptions = Record<string, string>;

/** A size as Docker reads it: `10m`, `1.5 GiB`, `4096`. @returns bytes, or `undefined` when it is none */
export function parseBufferSize(text: string): number | undefined {
  const found = SIZE.exec(text);
  if (!found) return undefined;
  return Math.floor(Number(found[1]) * 1024 ** POWERS.indexOf((found[2] ?? "").toLowerCase()));
}

/**
 * How much output may wait, bytes: of `non-blocking`, which ECS's default is since June 25, 2025; `undefined` for
 * `blocking`, which loses nothing.
 */
export function maxBufferBytes(options: LogOptions): number | undefined {
  if (options["mode"] === "blocking") return undefined;
  return parseBufferSize(options["max-buffer-size"] ?? "") ?? DEFAULT_BUFFER_BYTES;
}

/** A boolean as Go reads it. @returns `undefined` when it is none */
export function parseFlag(text: string): boolean | undefined {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
}
