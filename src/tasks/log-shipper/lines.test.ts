import { expect, test } from "vitest";
import { MAX_MESSAGE_BYTES, takeLines } from "./lines.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");

test.each<[what: string, input: Buffer, atEnd: boolean, messages: string[], consumed: number]>([
  ["nothing", bytes(""), true, [], 0],
  ["whole lines", bytes("a\nb\n"), false, ["a", "b"], 4],
  ["an unfinished line waits", bytes("a\nbc"), false, ["a"], 2],
  ["alone, too", bytes("bc"), false, [], 0],
  ["until the end", bytes("bc"), true, ["bc"], 2],
  ["empty lines are left out", bytes("\n\na\n\n"), false, ["a"], 5],
  ["carriage returns stay", bytes("a\r\n10%\r20%\n\r\n"), false, ["a\r", "10%\r20%", "\r"], 13],
  ["escape sequences and zeros stay", bytes("\x1b[31mred\x1b[0m\n\0\n"), false, ["\x1b[31mred\x1b[0m", "\0"], 15],
  ["characters of several bytes", Buffer.from("日本\n🙀\n"), false, ["日本", "🙀"], 12],
  ["bytes that are not UTF-8", bytes("a\xff\xfeb\n\xe6\x97\nc\n"), false, ["a\ufffd\ufffdb", "\ufffd", "c"], 10],
])("%s", (_, input, atEnd, messages, consumed) => {
  expect(takeLines(input, atEnd)).toEqual({ items: messages, consumed });
});

test.each<[what: string, character: string, expected: number]>([
  ["one byte", "x", MAX_MESSAGE_BYTES],
  ["three bytes", "日", MAX_MESSAGE_BYTES - (MAX_MESSAGE_BYTES % 3)],
  ["four bytes", "🙀", MAX_MESSAGE_BYTES - (MAX_MESSAGE_BYTES % 4)],
])("a line too long for an event is cut between characters of %s", (_, character, expected) => {
  const input = Buffer.from(character.repeat(MAX_MESSAGE_BYTES + 1)).subarray(0, MAX_MESSAGE_BYTES + 1);
  const { items: messages, consumed } = takeLines(input, false);
  expect(consumed).toBe(expected);
  expect(messages.map((message) => Buffer.byteLength(message))).toEqual([expected]);
  expect(messages[0]).not.toContain("\ufffd");
});

test("a long line of bytes that are not UTF-8 is cut, too", () => {
  expect(takeLines(Buffer.alloc(MAX_MESSAGE_BYTES + 1, 0x80), false).consumed).toBe(MAX_MESSAGE_BYTES);
});

test("a line that just fits waits for its newline", () => {
  expect(takeLines(Buffer.alloc(MAX_MESSAGE_BYTES, "x"), false).consumed).toBe(0);
});
