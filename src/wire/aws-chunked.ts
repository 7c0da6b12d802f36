import { createHash } from "node:crypto";
import { AwsError } from "../base/errors.ts";
import type { ChunkSignatures } from "../identity/chunk-signatures.ts";

/** How an `aws-chunked` body was sent. */
export interface ChunkedFraming {
  /** Checks the chunks' signatures, where they are signed and signatures are checked. */
  signatures: ChunkSignatures | undefined;
  /** Filled with what follows the body, by lower-case name. */
  trailers: Record<string, string>;
}

/** Of a chunk's head or a line of the trailer, bytes. */
const MAX_LINE = 4096;
const MAX_TRAILER_LINES = 20;
const CR_LF = Buffer.from("\r\n");
const TRAILER_SIGNATURE = "x-amz-trailer-signature";

/**
 * Takes the chunks of an `aws-chunked` body apart, and hands their data on as it arrives: a chunk whose signature is
 * wrong fails at its end.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @throws AwsError `IncompleteBody`, `InvalidRequest`; AuthenticationError
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  { signatures, trailers }: ChunkedFraming,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source);
  for (;;) {
    const head = /^([0-9a-f]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(await reader.line());
    if (!head) throw malformed("A chunk of the request body has no readable size.");
    const size = parseInt(head[1]!, 16);
    if (signatures && !head[2]) throw malformed("A chunk of the request body has no signature.");
    const hash = signatures && createHash("sha256");
    for await (const piece of reader.bytes(size)) {
      hash?.update(piece);
      yield piece;
    }
    signatures?.verifyChunk(hash!.digest("hex"), head[2]!);
    if (size === 0) break;
    if ((await reader.line()) !== "") throw malformed("A chunk of the request body is longer than it says.");
  }
  await readTrailer(reader, signatures, trailers);
}

/** Lines up to an empty one, or to the end: some clients leave the last line break out. */
async function readTrailer(
  reader: ByteReader,
  signatures: ChunkSignatures | undefined,
  trailers: Record<string, string>,
): Promise<void> {
  let signed = "";
  for (let count = 0; ; count++) {
    const line = await reader.line(true);
    if (line === "") break;
    const match = /^([!#$%&'*+.^_`|~0-9a-z-]+):(.*)$/i.exec(line);
    if (!match || count === MAX_TRAILER_LINES) throw malformed("The request body's trailer cannot be read.");
    const [name, value] = [match[1]!.toLowerCase(), match[2]!.trim()];
    trailers[name] = value;
    if (name !== TRAILER_SIGNATURE) signed += `${name}:${value}\n`;
  }
  const signature = trailers[TRAILER_SIGNATURE];
  delete trailers[TRAILER_SIGNATURE];
  if (signatures && signed && signature === undefined) throw malformed("The request body's trailer has no signature.");
  if (signatures && signature !== undefined) signatures.verifyTrailer(signed, signature);
}

/** Reads lines and counted bytes from pieces of any size. */
class ByteReader {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /**
   * The next line, without its line break.
   * @param endsWithSource whether the end of all may stand for the line break
   */
  async line(endsWithSource = false): Promise<string> {
    for (;;) {
      const end = this.rest.indexOf(CR_LF);
      if (end > MAX_LINE || (end < 0 && this.rest.length > MAX_LINE)) throw malformed("A line is too long.");
      if (end >= 0) return this.take(end + 2).toString("latin1", 0, end);
      if (await this.more()) continue;
      if (!endsWithSource) throw incompleteBody();
      return this.take(this.rest.length).toString("latin1");
    }
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0;) {
      if (!this.rest.length && !(await this.more())) throw incompleteBody();
      const piece = this.take(Math.min(left, this.rest.length));
      left -= piece.length;
      yield piece;
    }
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.source.next();
    if (done) return false;
    this.rest = this.rest.length ? Buffer.concat([this.rest, value]) : value;
    return true;
  }

  private take(count: number): Buffer {
    const taken = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(count);
    return taken;
  }
}

/** The body ended before all of it had come. */
export function incompleteBody(): AwsError {
  return new AwsError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
    400,
  );
}

function malformed(message: string): AwsError {
  return new AwsError("InvalidRequest", message, 400);
}
