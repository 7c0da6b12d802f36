/** As deep as any input is, many times over. */
const MAX_DEPTH = 200;

const BREAK = 0xff;
const INDEFINITE = 31;

/**
 * Whether bytes are one data item of RFC 8949, no more, and not nested without measure. To be asked before anything is
 * decoded: a decoder believes the lengths that it reads, and makes room for them.
 */
export function isWellFormedCbor(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  return reader.item(0) && reader.atEnd;
}

class Reader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  item(depth: number): boolean {
    const initial = this.bytes[this.at++];
    if (initial === undefined || depth > MAX_DEPTH) return false;
    const major = initial >> 5;
    const information = initial & 31;
    if (information === INDEFINITE) return this.indefinite(major, depth);
    const argument = this.argument(information);
    if (argument === undefined) return false;
    switch (major) {
      case 2:
      case 3:
        return this.skip(argument);
      case 4:
        return this.items(argument, depth);
      case 5:
        return this.items(argument * 2, depth);
      case 6:
        return this.item(depth + 1);
      default:
        return true;
    }
  }

  /** The value of the bits behind the major type; `undefined` when they are reserved, or the bytes end. */
  private argument(information: number): number | undefined {
    if (information < 24) return information;
    if (information > 27) return undefined;
    const length = 1 << (information - 24);
    if (this.at + length > this.bytes.length) return undefined;
    let value = 0;
    for (let left = length; left; left--) value = value * 256 + this.bytes[this.at++]!;
    return value;
  }

  private skip(length: number): boolean {
    this.at += length;
    return this.at <= this.bytes.length;
  }

  private items(count: number, depth: number): boolean {
    // Each takes a byte at least.
    if (count > this.bytes.length - this.at) return false;
    for (let left = count; left; left--) if (!this.item(depth + 1)) return false;
    return true;
  }

  /** Texts and bytes in pieces, and lists and maps without a count. */
  private indefinite(major: number, depth: number): boolean {
    if (major < 2 || major > 5) return false;
    for (let count = 0; ; count++) {
      const next = this.bytes[this.at];
      if (next === undefined) return false;
      if (next === BREAK) {
        this.at++;
        return major !== 5 || count % 2 === 0;
      }
      const isPiece = next >> 5 === major && (next & 31) !== INDEFINITE;
      if ((major < 4 && !isPiece) || !this.item(depth + 1)) return false;
    }
  }
}
