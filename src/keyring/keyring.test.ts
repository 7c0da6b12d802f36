import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { envelopePath } from "./envelope.ts";
import { makeKeyFile } from "./key-file.ts";
import { Keyring, SealError } from "./keyring.ts";
import { masterKeyRemoval, openKeyring, rotateMasterKey, type KeyringConfig } from "./open-keyring.ts";
import { readSealedFile } from "./sealed-file.ts";

let folder: string;
let config: KeyringConfig;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-keyring-"));
  config = {
    dataFolder: join(folder, "data"),
    keysFolder: join(folder, "keys"),
    masterKey: { kind: "own" },
    ephemeral: false,
  };
  mkdirSync(config.dataFolder);
});
afterEach(() => rmSync(folder, { recursive: true }));

const secret = Buffer.from("correct horse battery staple");
const keys = () => readdirSync(config.keysFolder);

describe("sealing", () => {
  const keyring = new Keyring(Buffer.alloc(32, 1), { provider: "file", id: "1", place: "" });
  const sealed = keyring.seal("a", secret, "b");

  test("what is opened is what was sealed; no two seals are alike", () => {
    expect(keyring.open("a", sealed, "b")).toEqual(secret);
    expect(keyring.seal("a", secret, "b")).not.toEqual(sealed);
    expect(sealed.includes(secret)).toBe(false);
    expect(keyring.open("a", keyring.seal("a", Buffer.alloc(0), ""), "")).toHaveLength(0);
  });

  test.each([
    ["another purpose", () => keyring.open("c", sealed, "b")],
    ["another context", () => keyring.open("a", sealed, "c")],
    ["nothing", () => keyring.open("a", Buffer.alloc(0), "b")],
    ["a part", () => keyring.open("a", sealed.subarray(0, -1), "b")],
    ["another keyring", () => new Keyring(Buffer.alloc(32), keyring.masterKey).open("a", sealed, "b")],
  ])("%s does not open it", (_, open) => expect(open).toThrow(SealError));

  test("nor any changed byte", () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => keyring.open("a", changed, "b"), `byte ${at}`).toThrow(SealError);
    }
  });
});

describe("the master key", () => {
  test("is made once, where only its owner reads it, outside of the data folder", async () => {
    const keyring = await openKeyring(config);
    const { id, provider, place } = keyring.masterKey;
    expect({ provider, place }).toEqual({ provider: "file", place: join(config.keysFolder, `${id}.key`) });
    expect(statSync(place).mode & 0o777).toBe(0o600);
    expect(statSync(config.keysFolder).mode & 0o777).toBe(0o700);
    expect(readFileSync(envelopePath(config.dataFolder), "utf8")).not.toContain(readFileSync(place, "utf8").trim());
    const again = await openKeyring(config);
    expect(again.masterKey).toEqual(keyring.masterKey);
    expect(again.open("a", keyring.seal("a", secret, ""), "")).toEqual(secret);
  });

  test("that is missing is not made anew", async () => {
    const { masterKey } = await openKeyring(config);
    rmSync(masterKey.place);
    await expect(openKeyring(config)).rejects.toThrow(
      `the secrets in ${config.dataFolder} are sealed under master key ${masterKey.id} (file), and there is no ${masterKey.place}: ` +
        "name the right one with --master-key-file",
    );
    expect(keys()).toEqual([]);
    // What an ephemeral engine had sealed is to be forgotten anyway.
    const other = await openKeyring({ ...config, ephemeral: true });
    expect(other.masterKey.id).not.toBe(masterKey.id);
  });

  test("may come from elsewhere as long as it is the same", async () => {
    const keyring = await openKeyring(config);
    const { place, id } = keyring.masterKey;
    const moved = join(folder, "moved.key");
    const hex = Buffer.from(readFileSync(place, "utf8"), "base64").toString("hex");
    writeFileSync(moved, `${hex}\n`, { mode: 0o600 });
    rmSync(place);
    const sealed = keyring.seal("a", secret, "");
    const file = await openKeyring({ ...config, masterKey: { kind: "file", path: moved } });
    expect(file.masterKey).toEqual({ provider: "file", id, place: moved });
    expect(file.open("a", sealed, "")).toEqual(secret);
    const command = await openKeyring({ ...config, masterKey: { kind: "command", argv: ["cat", moved] } });
    expect(command.masterKey).toEqual({ provider: "command", id, place: "cat" });
    expect(command.open("a", sealed, "")).toEqual(secret);
  });

  test("that is another one is refused", async () => {
    const { masterKey } = await openKeyring(config);
    const path = join(folder, "other.key");
    writeFileSync(path, Buffer.alloc(32).toString("base64"), { mode: 0o600 });
    await expect(openKeyring({ ...config, masterKey: { kind: "file", path } })).rejects.toThrow(
      new RegExp(`sealed under master key ${masterKey.id} \\(file\\), but ${path} is master key [0-9a-f]{16}: name`),
    );
    chmodSync(path, 0o640);
    await expect(openKeyring({ ...config, masterKey: { kind: "file", path } })).rejects.toThrow(`chmod 600 ${path}`);
  });

  test.each([
    [["false"], "the command false (--master-key-command) gave no master key: exit code 1"],
    [["/does/not/exist"], "gave no master key: spawn /does/not/exist ENOENT"],
    [["yes"], "gave no master key: printed more than"],
    [["echo", "c2VjcmV0"], "the command echo (--master-key-command) printed no master key: it must print 32 bytes"],
  ])("of the command %s is refused", async (argv, message) => {
    await expect(openKeyring({ ...config, masterKey: { kind: "command", argv } })).rejects.toThrow(message);
  });

  test("a lost or damaged keyring.json is told, not replaced", async () => {
    const keyring = await openKeyring(config);
    const path = join(config.dataFolder, "identity/x.sealed");
    writeFileSync(path, keyring.seal("x", secret, ""));
    writeFileSync(envelopePath(config.dataFolder), "{}");
    await expect(openKeyring(config)).rejects.toThrow("keyring.json is damaged: put it back");
    rmSync(envelopePath(config.dataFolder));
    await expect(openKeyring(config)).rejects.toThrow("keyring.json is missing, without which");
  });

  test("another one takes its place; what was sealed stays", async () => {
    const before = await openKeyring(config);
    const sealed = before.seal("a", secret, "");
    const next = await rotateMasterKey(config);
    expect(keys()).toEqual([`${next.id}.key`]);
    const after = await openKeyring(config);
    expect(after.masterKey).toEqual(next);
    expect(after.open("a", sealed, "")).toEqual(secret);

    const path = join(folder, "mine.key");
    const file = { kind: "file" as const, path };
    expect((await rotateMasterKey(config, file)).place).toBe(path);
    expect(keys()).toEqual([]);
    await expect(openKeyring(config)).rejects.toThrow("sealed under master key");
    expect((await openKeyring({ ...config, masterKey: file })).open("a", sealed, "")).toEqual(secret);
  });

  test("stays when it is named anew, by whatever path", async () => {
    const { masterKey } = await openKeyring(config);
    symlinkSync(config.keysFolder, join(folder, "link"));
    const file = { kind: "file" as const, path: join(folder, "link", `${masterKey.id}.key`) };
    expect((await rotateMasterKey(config, file)).id).toBe(masterKey.id);
    expect((await openKeyring(config)).masterKey.id).toBe(masterKey.id);
  });

  test("is one key when several engines make it at the same time", () => {
    const path = join(folder, "shared.key");
    const first = makeKeyFile(path);
    expect(makeKeyFile(path).facts).toEqual(first.facts);
    expect(readdirSync(folder)).toEqual(["data", "shared.key"]);
  });

  test("goes with its data folder", async () => {
    await openKeyring(config);
    const remove = masterKeyRemoval(config);
    rmSync(config.dataFolder, { recursive: true });
    remove();
    expect(keys()).toEqual([]);
    masterKeyRemoval(config)();
  });
});

test("a file of an earlier release is sealed and removed", async () => {
  const keyring = await openKeyring(config);
  const formerly = join(config.dataFolder, "identity/secret");
  const file = { path: `${formerly}.sealed`, purpose: "secret", context: "1", formerly };
  expect(readSealedFile(keyring, file)).toBeUndefined();
  writeFileSync(formerly, secret);
  expect(readSealedFile(keyring, file)).toEqual(secret);
  expect(readSealedFile(keyring, file)).toEqual(secret);
  expect(readdirSync(join(config.dataFolder, "identity")).toSorted()).toEqual(["keyring.json", "secret.sealed"]);
  expect(readFileSync(file.path).includes(secret)).toBe(false);
  writeFileSync(file.path, "x");
  expect(() => readSealedFile(keyring, file)).toThrow(`${file.path}: what was sealed for secret cannot be opened`);
});
