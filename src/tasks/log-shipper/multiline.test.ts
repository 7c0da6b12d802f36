import { expect, test } from "vitest";
import { FRAGMENT_BYTES, takeFragments } from "./fragments.ts";
import { MAX_MESSAGE_BYTES } from "./lines.ts";
import { takeEvents } from "./multiline.ts";

const begins = (line: string) => line.startsWith("#");

test.each<[what: string, input: string, whole: boolean, atEnd: boolean, items: string[], consumed: number]>([
  ["nothing", "", true, true, [], 0],
  ["an event waits for what follows", "#a\n b\n", false, false, [], 0],
  ["until the next begins", "#a\n b\n#c\n", false, false, ["#a\n b\n"], 6],
  ["lines before the first event are one", "x\ny\n#a\n", false, false, ["x\ny\n"], 4],
  ["all of it when it is time", "#a\n b\n c", true, false, ["#a\n b\n"], 6],
  ["with the last line when it is over", "#a\n b\n c", true, true, ["#a\n b\n c\n"], 8],
  ["empty lines belong to events", "#a\n\nb\n#c\n", false, false, ["#a\n\nb\n"], 6],
])("%s", (_, input, whole, atEnd, items, consumed) => {
  expect(takeEvents(Buffer.from(input), begins, whole, atEnd)).toEqual({ items, consumed });
});

test("an event that grows too large is cut between lines, a line that is too long inside", () => {
  const line = `${"x".repeat(99)}\n`;
  const many = Buffer.from(`#a\n${line.repeat(11_000)}`).subarray(0, MAX_MESSAGE_BYTES + 1);
  const { items, consumed } = takeEvents(many, begins, false, false);
  expect([items.length, consumed, items[0]!.length]).toEqual([1, consumed, consumed]);
  expect(consumed).toBeGreaterThan(MAX_MESSAGE_BYTES - 200);
  expect(items[0]!.endsWith("x\n")).toBe(true);
  const endless = takeEvents(Buffer.alloc(MAX_MESSAGE_BYTES + 1, "x"), begins, false, false);
  expect([endless.items.length, endless.consumed]).toEqual([1, MAX_MESSAGE_BYTES]);
});

test("lines become fragments of 16 KiB at most, with their bytes", () => {
  const take = (input: Buffer, atEnd: boolean, most = 100) => {
    const { items, consumed } = takeFragments(input, atEnd, most);
    return [
      items.map(({ bytes, last }) => [bytes.length > 9 ? bytes.length : bytes.toString("latin1"), last]),
      consumed,
    ];
  };
  expect(take(Buffer.from("a\n\nb\xff\nc", "latin1"), false)).toEqual([
    [
      ["a", true],
      ["", true],
      ["b\xff", true],
    ],
    6,
  ]);
  expect(take(Buffer.from("a\nc"), true)).toEqual([
    [
      ["a", true],
      ["c", true],
    ],
    3,
  ]);
  expect(take(Buffer.from("a\nc\nd\n"), true, 2)).toEqual([
    [
      ["a", true],
      ["c", true],
    ],
    4,
  ]);
  const long = Buffer.concat([Buffer.alloc(2 * FRAGMENT_BYTES + 5, "x"), Buffer.from("\ny")]);
  expect(take(long, false)).toEqual([
    [
      [FRAGMENT_BYTES, false],
      [FRAGMENT_BYTES, false],
      ["xxxxx", true],
    ],
    long.length - 1,
  ]);
  const exact = Buffer.alloc(FRAGMENT_BYTES + 1, "x").fill("\n", FRAGMENT_BYTES);
  expect(take(exact, false)).toEqual([
    [
      [FRAGMENT_BYTES, false],
      ["", true],
    ],
    FRAGMENT_BYTES + 1,
  ]);
});
