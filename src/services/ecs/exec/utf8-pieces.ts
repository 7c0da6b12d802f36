/** Cuts a stream of bytes into pieces that end with whole characters, where the bytes are UTF-8. */
export class Utf8Pieces {
  private readonly maxBytes: number;
  private rest: Buffer = Buffer.alloc(0);

  /** @param maxBytes of a piece; 4 at least, which is what a character can take */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** What can be passed on; up to three bytes are kept until the next call. */
  *cut(chunk: Buffer): Generator<Buffer> {
    let bytes = this.rest.length ? Buffer.concat([this.rest, chunk]) : chunk;
    while (bytes.length > this.maxBytes) {
      const end = wholeCharacters(bytes.subarray(0, this.maxBytes)) || this.maxBytes;
      yield bytes.subarray(0, end);
      bytes = bytes.subarray(end);
    }
    const end = wholeCharacters(bytes);
    if (end > 0) yield bytes.subarray(0, end);
    this.rest = Buffer.from(bytes.subarray(end));
  }

  /** What was kept, when nothing more comes. */
  end(): Buffer {
    const { rest } = this;
    this.rest = Buffer.alloc(0);
    return rest;
  }
}

/** How many bytes there are without a character at the end that others would complete. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue; // in the middle of a character
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
