/** A `?` among character codes. */
export const ANY_CHARACTER = -1;

/** Where characters may stand, a bit a place. */
interface Masks {
  /** Any. */
  wild: Int32Array;
  /** Those that are asked for somewhere, by their codes; what any may be is in them, too. */
  own: ReadonlyMap<number, Int32Array>;
}

/**
 * Searches for characters, some of which may be any, in a time that does not depend on what is searched: each character
 * of the text costs one step for every 32 that are looked for. All places where the beginning fits are followed at once,
 * as bits ("shift and", Baeza-Yates and Gonnet).
 */
export class BitSearch {
  private readonly codes: readonly number[];
  private masks: Masks | undefined;

  /** @param codes of characters as `charCodeAt` has them, and {@link ANY_CHARACTER}; at least one */
  constructor(codes: readonly number[]) {
    this.codes = codes;
  }

  get length(): number {
    return this.codes.length;
  }

  fits(text: string, at: number): boolean {
    return (
      at + this.length <= text.length &&
      this.codes.every((code, index) => code === ANY_CHARACTER || code === text.charCodeAt(at + index))
    );
  }

  /** The first place from `from` on where it fits; -1 where there is none. */
  find(text: string, from: number): number {
    const { length } = this;
    const { wild, own } = (this.masks ??= masksOf(this.codes));
    const words = wild.length;
    const state = new Int32Array(words);
    const last = 1 << ((length - 1) % 32);
    for (let at = from; at < text.length; at += 1) {
      const mask = own.get(text.charCodeAt(at)) ?? wild;
      let carry = 1;
      for (let word = 0; word < words; word += 1) {
        const bits = state[word]!;
        state[word] = ((bits << 1) | carry) & mask[word]!;
        carry = bits >>> 31;
      }
      if (state[words - 1]! & last) return at - length + 1;
    }
    return -1;
  }
}

function masksOf(codes: readonly number[]): Masks {
  const wild = new Int32Array(Math.ceil(codes.length / 32));
  const own = new Map<number, Int32Array>();
  for (const [index, code] of codes.entries()) if (code === ANY_CHARACTER) setBit(wild, index);
  for (const [index, code] of codes.entries()) {
    if (code === ANY_CHARACTER) continue;
    const mask = own.get(code) ?? wild.slice();
    setBit(mask, index);
    own.set(code, mask);
  }
  return { wild, own };
}

function setBit(bits: Int32Array, index: number): void {
  bits[index >>> 5]! |= 1 << (index % 32);
}
