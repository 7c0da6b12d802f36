import { expect, test } from "vitest";
import { nfsSource, parseNfsExport } from "./nfs-export.ts";

test.each([
  ["files.example:/export", "files.example:/export", []],
  ["10.0.0.5:/", "10.0.0.5:/", []],
  ["[fd00::5]:/a/b,resvport,port=2050", "[fd00::5]:/a/b", ["resvport", "port=2050"]],
])("%s", (text, source, options) => {
  const parsed = parseNfsExport(text)!;
  expect(nfsSource(parsed)).toBe(source);
  expect(parsed.options).toEqual(options);
});

test.each([
  "",
  "files.example",
  "files.example:export",
  ":/export",
  "fd00::5:/a",
  "host:/a b",
  "host:/a,",
  "host:/a,,b",
])("no export: %j", (text) => {
  expect(parseNfsExport(text)).toBeUndefined();
});
