import { expect, test } from "vitest";
import { escapesFolder, mergeEnvironmentFiles, parseEnvironmentFile, parseObjectArn } from "./environment-files.ts";

test("lines as the ECS agent reads them", () => {
  const text = [
    "# a comment=no",
    "PLAIN=value",
    "EQUALS=a=b=c",
    "SPACED = two words ",
    'QUOTED="stays"',
    "  INDENTED=x",
    "",
    "NO_DELIMITER",
    "EMPTY=",
    "=no name",
    "WINDOWS=line\r",
    "HASH=a # b",
    "PLAIN=again",
    "ÜMLAUT=é",
    "__proto__=x",
    "LAST=without line break",
  ].join("\n");
  expect(Object.entries(parseEnvironmentFile(Buffer.from(text)))).toEqual([
    ["PLAIN", "again"],
    ["EQUALS", "a=b=c"],
    ["SPACED ", " two words "],
    ["QUOTED", '"stays"'],
    ["  INDENTED", "x"],
    ["WINDOWS", "line"],
    ["HASH", "a # b"],
    ["ÜMLAUT", "é"],
    ["__proto__", "x"],
    ["LAST", "without line break"],
  ]);
});

test("a line that is too long", () => {
  expect(() => parseEnvironmentFile(Buffer.from(`A=${"x".repeat(64 * 1024)}`))).toThrow("token too long");
});

test("earlier files win", () => {
  expect(
    mergeEnvironmentFiles([
      { A: "1", B: "1" },
      { B: "2", C: "2" },
    ]),
  ).toEqual({ A: "1", B: "1", C: "2" });
});

test.each([
  ["arn:aws:s3:::bucket/a.env", { bucket: "bucket", key: "a.env" }],
  ["arn:aws-cn:s3:::bucket/a/b/c.env", { bucket: "bucket", key: "a/b/c.env" }],
  ["arn:aws:s3:::bucket", undefined],
  ["s3://bucket/a.env", undefined],
])("%s", (arn, object) => {
  expect(parseObjectArn(arn)).toEqual(object);
});

test.each([
  ["a/b.env", false],
  ["a/../b.env", false],
  ["../../x.env", true],
  ["a/../../../x.env", true],
])("key %s", (key, escapes) => {
  expect(escapesFolder({ bucket: "bucket", key })).toBe(escapes);
});
