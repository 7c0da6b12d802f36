import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Keyring } from "../keyring/keyring.ts";
import { loadOrCreateRootKey, replaceRootKey } from "./root-key.ts";

const ACCOUNT = "000000000000";
const keyring = new Keyring(Buffer.alloc(32, 1), { provider: "file", id: "1", place: "" });
let folder: string;
const path = (suffix: string) => join(folder, "identity", `root-key-${ACCOUNT}.${suffix}`);
const load = (account = ACCOUNT) => loadOrCreateRootKey(folder, account, keyring);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-key-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the key is made once for each account, in AWS's form, sealed", () => {
  const key = load();
  expect(key.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(key.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  expect(load()).toEqual(key);
  expect(load("111111111111")).not.toEqual(key);
  expect(statSync(path("sealed")).mode & 0o777).toBe(0o600);
  expect(readFileSync(path("sealed"), "latin1")).not.toContain(key.secretAccessKey);
});

test("a key that takes its place is another one and stays", () => {
  const former = load();
  const key = replaceRootKey(folder, ACCOUNT, keyring);
  expect(key).not.toEqual(former);
  expect(load()).toEqual(key);
});

test("the clear file of an earlier release is taken over and removed", () => {
  const key = { accessKeyId: `AKIA${"A".repeat(16)}`, secretAccessKey: "b".repeat(40) };
  mkdirSync(join(folder, "identity"));
  writeFileSync(path("json"), JSON.stringify(key));
  expect(load()).toEqual(key);
  expect(existsSync(path("json"))).toBe(false);
  expect(load()).toEqual(key);
});

test("a broken key file is not replaced", () => {
  mkdirSync(join(folder, "identity"));
  writeFileSync(path("json"), "{}");
  expect(() => load()).toThrow("does not hold an access key");
  writeFileSync(path("sealed"), "");
  expect(() => load()).toThrow("cannot be opened");
});
