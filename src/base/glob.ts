import { ANY_CHARACTER, BitSearch } from "./bit-search.ts";

/** What stands between two `*`. */
type Piece = string | BitSearch;

/** Longer texts are not searched by `indexOf`: in a text made for it, that takes the product of both lengths. */
const LONG = 64;

/** What globs are made of: text as it is, and the two wildcards. */
export type GlobPart = { text: string } | { wildcard: "*" | "?" };

/**
 * `*` stands for any characters, `?` for one. Each piece between stars is taken where it first fits, and nothing is tried
 * again: a value is gone through once, in some steps a character, whoever wrote it and the glob.
 */
export class Glob {
  private readonly pieces: readonly Piece[];

  constructor(parts: readonly GlobPart[]) {
    this.pieces = splitAtStars(parts);
  }

  matches(value: string): boolean {
    const { pieces } = this;
    const first = pieces[0]!;
    if (pieces.length === 1) return value.length === first.length && fits(value, 0, first);
    const last = pieces.at(-1)!;
    const lastAt = value.length - last.length;
    if (lastAt < first.length || !fits(value, 0, first) || !fits(value, lastAt, last)) return false;
    let at = first.length;
    for (let index = 1; index < pieces.length - 1; index += 1) {
      const piece = pieces[index]!;
      const found = find(value, at, piece);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= lastAt;
  }
}

/** Splits text at its wildcards. */
export function globParts(text: string): GlobPart[] {
  return text
    .split(/([*?])/)
    .filter(Boolean)
    .map((part) => (part === "*" || part === "?" ? { wildcard: part } : { text: part }));
}

function splitAtStars(parts: readonly GlobPart[]): Piece[] {
  const pieces: Piece[] = [];
  let codes: number[] = [];
  const finish = (isEnd: boolean) => {
    const isPlain = (isEnd || codes.length <= LONG) && !codes.includes(ANY_CHARACTER);
    pieces.push(isPlain ? String.fromCharCode(...codes) : new BitSearch(codes));
    codes = [];
  };
  for (const part of parts) {
    if ("text" in part)
      for (let index = 0; index < part.text.length; index += 1) codes.push(part.text.charCodeAt(index));
    else if (part.wildcard === "?") codes.push(ANY_CHARACTER);
    else finish(!pieces.length);
  }
  finish(true);
  return pieces;
}

function fits(value: string, at: number, piece: Piece): boolean {
  return typeof piece === "string" ? value.startsWith(piece, at) : piece.fits(value, at);
}

function find(value: string, from: number, piece: Piece): number {
  return typeof piece === "string" ? value.indexOf(piece, from) : piece.find(value, from);
}
