import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadOrCreateRootKey } from "./root-key.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-key-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the key is made once for each account, in AWS's form, readable by its owner only", () => {
  const key = loadOrCreateRootKey(folder, "000000000000");
  expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(key.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  expect(loadOrCreateRootKey(folder, "000000000000")).toEqual(key);
  expect(loadOrCreateRootKey(folder, "111111111111")).not.toEqual(key);
  expect(statSync(join(folder, "identity", "root-key-000000000000.json")).mode & 0o777).toBe(0o600);
});

test("a broken key file is not replaced", () => {
  loadOrCreateRootKey(folder, "000000000000");
  writeFileSync(join(folder, "identity", "root-key-000000000000.json"), "{}");
  expect(() => loadOrCreateRootKey(folder, "000000000000")).toThrow("does not hold an access key");
});
