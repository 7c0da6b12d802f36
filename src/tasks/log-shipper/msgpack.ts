/** Writes the parts of MessagePack that Fluentd's forward protocol needs. https://github.com/msgpack/msgpack/blob/master/spec.md */
export class MsgpackWriter {
  private bytes: Buffer;
  private at = 0;

  /** @param capacity bytes to begin with */
  constructor(capacity = 1024) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  array(length: number): this {
    return this.head(length, 0x90, 15, [undefined, 0xdc, 0xdd]);
  }

  map(length: number): this {
    return this.head(length, 0x80, 15, [undefined, 0xde, 0xdf]);
  }

  /** Text, or bytes that stand for text: they are written as they are. */
  string(value: string | Buffer): this {
    const length = typeof value === "string" ? Buffer.byteLength(value) : value.length;
    this.head(length, 0xa0, 31, [0xd9, 0xda, 0xdb]);
    this.reserve(length);
    if (typeof value === "string") this.bytes.write(value, this.at);
    else value.copy(this.bytes, this.at);
    this.at += length;
    return this;
  }

  /** A number from 0 to 2³²−1. */
  unsigned(value: number): this {
    this.reserve(5);
    if (value < 128) this.bytes[this.at++] = value;
    else {
      this.bytes[this.at++] = 0xce;
      this.at = this.bytes.writeUInt32BE(value, this.at);
    }
    return this;
  }

  /** Fluentd's EventTime: extension 0 with seconds and nanoseconds. @param ms milliseconds since 1970 */
  eventTime(ms: number): this {
    this.reserve(10);
    this.bytes[this.at++] = 0xd7;
    this.bytes[this.at++] = 0;
    this.at = this.bytes.writeUInt32BE(Math.floor(ms / 1000), this.at);
    this.at = this.bytes.writeUInt32BE((Math.floor(ms) % 1000) * 1_000_000, this.at);
    return this;
  }

  /** What was written. The writer is not used again. */
  result(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  /** @param forms the first byte for a length of 8, 16 and 32 bits; without the first, 16 bits are the shortest */
  private head(length: number, fixed: number, most: number, forms: [number | undefined, number, number]): this {
    this.reserve(5);
    if (length <= most) this.bytes[this.at++] = fixed | length;
    else if (length < 0x100 && forms[0] !== undefined) {
      this.bytes[this.at++] = forms[0];
      this.bytes[this.at++] = length;
    } else if (length < 0x10000) {
      this.bytes[this.at++] = forms[1];
      this.at = this.bytes.writeUInt16BE(length, this.at);
    } else {
      this.bytes[this.at++] = forms[2];
      this.at = this.bytes.writeUInt32BE(length, this.at);
    }
    return this;
  }

  private reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + length));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}

/**
 * Reads `{"ack": "CHUNK"}`, a router's answer.
 * @returns `undefined` as long as it is not complete
 * @throws Error for anything else
 */
export function readAck(bytes: Buffer): { chunk: string; length: number } | undefined {
  if (bytes.length < 1) return undefined;
  if (bytes[0] !== 0x81)
    throw new Error(`the router answered with 0x${bytes[0]!.toString(16)}, which is no map of one`);
  const key = readText(bytes, 1);
  const value = key && readText(bytes, key.end);
  if (!value) return undefined;
  if (key.text !== "ack") throw new Error(`the router answered with "${key.text}"`);
  return { chunk: value.text, length: value.end };
}

function readText(bytes: Buffer, at: number): { text: string; end: number } | undefined {
  if (at >= bytes.length) return undefined;
  const head = bytes[at]!;
  let length: number;
  let start = at + 1;
  if ((head & 0xe0) === 0xa0) length = head & 0x1f;
  else if (head === 0xd9 || head === 0xc4) {
    if (start >= bytes.length) return undefined;
    length = bytes[start++]!;
  } else throw new Error("the router's answer is not made of short texts");
  return start + length > bytes.length
    ? undefined
    : { text: bytes.toString("utf8", start, start + length), end: start + length };
}
