import { expect, test } from "vitest";
import { decode, encode } from "./document-text.ts";

test.each([
  ["nothing", null],
  ["a text", "text"],
  ["a date", new Date(5)],
  [
    "dates at any depth",
    { at: new Date(1), list: [new Date(2), { at: new Date(3) }], plain: { a: [1, "b", null, true] } },
  ],
  ["what only looks like a date", { labels: { $date: "5" }, more: { $date: 5, other: 6 }, text: '{"$date":7}' }],
  ["a member of a strange name", JSON.parse('{"__proto__": {"a": 1}, "at": {"b": 2}}') as object],
])("%s comes back as it was", (_, document) => {
  expect(decode(encode(document))).toEqual(document);
});

test("the document itself stays as it is, and members without a value are left out", () => {
  const document = { at: new Date(5), none: undefined, list: [{ at: new Date(6) }] };
  expect(encode(document)).toBe('{"at":{"$date":5},"list":[{"at":{"$date":6}}]}');
  expect(document).toEqual({ at: new Date(5), none: undefined, list: [{ at: new Date(6) }] });
});
