import { expect, test } from "vitest";
import { Utf8Pieces } from "./utf8-pieces.ts";

const all = (pieces: Utf8Pieces, ...chunks: Buffer[]) =>
  [...chunks.flatMap((chunk) => [...pieces.cut(chunk)]), pieces.end()].filter((piece) => piece.length > 0);

test("a character that comes in parts goes as a whole", () => {
  const bytes = Buffer.from("aä€😀");
  for (let at = 1; at < bytes.length; at++) {
    const pieces = all(new Utf8Pieces(100), bytes.subarray(0, at), bytes.subarray(at));
    expect(Buffer.concat(pieces)).toEqual(bytes);
    for (const piece of pieces) expect(piece.toString()).not.toContain("\ufffd");
  }
});

test("pieces are of a size, and cut between characters", () => {
  const pieces = all(new Utf8Pieces(4), Buffer.from("abc€def"));
  expect(pieces.map(String)).toEqual(["abc", "€d", "ef"]);
});

test("bytes that are no characters go as they are", () => {
  const bytes = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0xff, 0xc3]);
  expect(Buffer.concat(all(new Utf8Pieces(4), bytes))).toEqual(bytes);
});
