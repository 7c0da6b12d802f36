import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { AwsError } from "../../base/errors.ts";
import type { Identity } from "../../identity/authenticator.ts";
import { decodeAwsChunked, incompleteBody } from "../aws-chunked.ts";
import type { WireRequest } from "../protocol.ts";
import { ClientGoneError } from "../read-request.ts";
import type { RequestPayload } from "../request-payload.ts";

/** A sender that sends nothing for so long is cut off. */
const IDLE_MS = 60_000;

/**
 * The body of an upload while it arrives: without its framing, its length, digest and signatures checked as
 * `x-amz-content-sha256` says how. https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * @param letItCome called when it is first read
 * @throws AwsError `MissingContentLength`
 */
export function s3Payload(
  message: IncomingMessage,
  head: WireRequest,
  identity: Identity,
  letItCome: () => void,
): RequestPayload {
  const declared = head.headers["x-amz-content-sha256"] ?? "";
  const chunked = declared.startsWith("STREAMING-");
  const length = lengthOf(head.headers[chunked ? "x-amz-decoded-content-length" : "content-length"], message);
  const trailers: Record<string, string> = {};
  const source = chunked
    ? decodeAwsChunked(arriving(message, letItCome), { signatures: identity.chunks, trailers })
    : /^[0-9a-f]{64}$/.test(declared)
      ? hashed(arriving(message, letItCome), declared)
      : arriving(message, letItCome);
  const names = (head.headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  return { length, announced: names.filter(Boolean), trailers, [Symbol.asyncIterator]: () => counted(source, length) };
}

/** A request without a body may leave its length out, unless it says that one is coming. */
function lengthOf(text: string | undefined, { headers }: IncomingMessage): number {
  if (text === undefined && headers["transfer-encoding"] === undefined) return 0;
  if (text === undefined || !/^\d{1,15}$/.test(text))
    throw new AwsError("MissingContentLength", "You must provide the Content-Length HTTP header.", 411);
  return Number(text);
}

async function* arriving(message: IncomingMessage, letItCome: () => void): AsyncGenerator<Buffer> {
  letItCome();
  message.setTimeout(IDLE_MS, () => message.destroy());
  try {
    for await (const piece of message.iterator({ destroyOnReturn: false })) yield piece as Buffer;
  } catch {
    throw new ClientGoneError();
  } finally {
    message.setTimeout(0);
  }
}

async function* hashed(source: AsyncIterable<Buffer>, declared: string): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  for await (const piece of source) {
    hash.update(piece);
    yield piece;
  }
  const computed = hash.digest("hex");
  if (computed !== declared)
    throw new AwsError(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      400,
      { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: computed },
    );
}

async function* counted(source: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer> {
  let count = 0;
  for await (const piece of source) {
    count += piece.length;
    if (count > length) throw incompleteBody();
    yield piece;
  }
  if (count !== length) throw incompleteBody();
}
