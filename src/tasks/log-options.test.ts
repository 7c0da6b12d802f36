import { expect, test } from "vitest";
import { maxBufferBytes, parseBufferSize } from "./log-options.ts";

test.each<[text: string, bytes: number | undefined]>([
  ["4096", 4096],
  ["10m", 10_485_760],
  ["25MB", 26_214_400],
  ["1.5 GiB", 1_610_612_736],
  ["2k", 2048],
  ["", undefined],
  ["m", undefined],
  ["-1", undefined],
  ["1x", undefined],
])("a size of %j", (text, bytes) => {
  expect(parseBufferSize(text)).toBe(bytes);
});

test("the mode decides what may wait", () => {
  expect(maxBufferBytes({})).toBe(10_485_760);
  expect(maxBufferBytes({ mode: "non-blocking", "max-buffer-size": "1m" })).toBe(1_048_576);
  expect(maxBufferBytes({ mode: "blocking", "max-buffer-size": "1m" })).toBeUndefined();
});
