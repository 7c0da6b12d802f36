import { timingSafeEqual } from "node:crypto";
import { AuthenticationError } from "./authentication-error.ts";
import { sha256Hex } from "./signing-key.ts";

/** Of `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, and of the same with a trailer. */
const CHUNK = "AWS4-HMAC-SHA256-PAYLOAD";
const TRAILER = "AWS4-HMAC-SHA256-TRAILER";
const EMPTY_HASH = sha256Hex("");

export interface ChunkSignatureParts {
  /** `20150830T123600Z`. */
  timestamp: string;
  /** `date/region/service/aws4_request`. */
  scope: string;
  /** The request's own signature, hexadecimal: the first link of the chain. */
  seed: string;
  sign(text: string): Buffer;
}

/**
 * Checks the chain of signatures of a body that is signed in chunks, one after the other.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export class ChunkSignatures {
  private readonly parts: ChunkSignatureParts;
  private previous: string;

  constructor(parts: ChunkSignatureParts) {
    this.parts = parts;
    this.previous = parts.seed;
  }

  /**
   * @param hash hexadecimal SHA-256 of the chunk's data
   * @throws AuthenticationError `wrongSignature`
   */
  verifyChunk(hash: string, signature: string): void {
    this.verify([CHUNK, ...this.head(), EMPTY_HASH, hash], signature);
  }

  /**
   * @param trailer its lines, `name:value` and a line feed each
   * @throws AuthenticationError `wrongSignature`
   */
  verifyTrailer(trailer: string, signature: string): void {
    this.verify([TRAILER, ...this.head(), sha256Hex(trailer)], signature);
  }

  private head(): string[] {
    return [this.parts.timestamp, this.parts.scope, this.previous];
  }

  private verify(lines: readonly string[], signature: string): void {
    const expected = this.parts.sign(lines.join("\n"));
    const given = Buffer.from(signature, "hex");
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new AuthenticationError(
        "wrongSignature",
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      );
    this.previous = signature;
  }
}
