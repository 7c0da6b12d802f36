import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openKeyring, rotateMasterKey } from "../../src/keyring/open-keyring.ts";
import { openTokenKey } from "../../src/keyring/pkcs11/token-key.ts";
import { parseTokenKeyUri } from "../../src/keyring/pkcs11/uri.ts";
import { TestEngine } from "../support/engine.ts";

/* Master keys in tokens, and what an engine does about its own. */

const MODULE = "/usr/lib/softhsm/libsofthsm2.so";
let folder: string;
let former: string | undefined;

/** A token in software, with one key: Debian's SoftHSM. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-pkcs11-"));
  mkdirSync(join(folder, "tokens"));
  writeFileSync(join(folder, "softhsm2.conf"), `directories.tokendir = ${folder}/tokens\nlog.level = ERROR\n`);
  writeFileSync(join(folder, "pin"), "1234\n");
  writeFileSync(join(folder, "key"), Buffer.alloc(32, 7));
  former = process.env["SOFTHSM2_CONF"];
  process.env["SOFTHSM2_CONF"] = join(folder, "softhsm2.conf");
  const softhsm = (...args: string[]) => execFileSync("softhsm2-util", [...args, "--pin", "1234"], { stdio: "pipe" });
  softhsm("--init-token", "--free", "--label", "my token", "--so-pin", "5678");
  softhsm("--import", join(folder, "key"), "--aes", "--token", "my token", "--label", "master", "--id", "0a41");
});
afterAll(() => {
  if (former === undefined) delete process.env["SOFTHSM2_CONF"];
  else process.env["SOFTHSM2_CONF"] = former;
  rmSync(folder, { recursive: true });
});

function uri(path: string, pin = "pin"): string {
  return `pkcs11:${path}?module-path=${MODULE}&pin-source=file:${join(folder, pin)}`;
}

test("a token's key wraps, and says when something was changed", () => {
  const key = openTokenKey(uri("token=my%20token;object=master;type=secret-key"));
  expect(key.facts).toEqual({
    provider: "pkcs11",
    id: expect.stringMatching(/^[0-9a-f]{16}\/master$/),
    place: `key master of token "my token", ${MODULE}`,
  });
  const wrapped = key.wrap(Buffer.alloc(32, 1));
  expect(openTokenKey(uri("id=%0aA")).unwrap(wrapped)).toEqual(Buffer.alloc(32, 1));
  wrapped[15]! ^= 1;
  expect(() => key.unwrap(wrapped)).toThrow(/C_Decrypt failed/);
});

test("a keyring is kept by a token, and moved to a file", async () => {
  const masterKey = { kind: "pkcs11" as const, uri: uri("object=master") };
  const config = { dataFolder: join(folder, "data"), keysFolder: join(folder, "keys"), masterKey, ephemeral: false };
  const keyring = await openKeyring(config);
  const sealed = keyring.seal("a", Buffer.from("b"), "");
  expect((await openKeyring(config)).open("a", sealed, "")).toEqual(Buffer.from("b"));
  await rotateMasterKey(config);
  await expect(openKeyring(config)).rejects.toThrow(/is master key [0-9a-f]{16}\/master: name the right one/);
  const own = await openKeyring({ ...config, masterKey: { kind: "own" } });
  expect(own.open("a", sealed, "")).toEqual(Buffer.from("b"));
});

describe("what is not there is told", () => {
  test.each([
    ["token=other;object=master", "pin", 'has no token "other"; it has "my token" (serial '],
    ["object=other", "pin", "token has no AES key other"],
    ["token=my%20token;object=master", "key", `/key is not that of token "my token"`],
    ["object=master", "none", "the PIN of the token cannot be read: ENOENT"],
  ])("%s with the PIN in %s", (path, pin, message) => expect(() => openTokenKey(uri(path, pin))).toThrow(message));

  test.each([
    [`pkcs11:object=master?module-path=${MODULE}`, "no AES key master, at least none that is seen without a PIN"],
    ["pkcs11:object=a?module-path=/none.so", "the PKCS #11 library /none.so cannot be loaded"],
    ["pkcs11:object=a", "must name the token's library by module-path"],
    [`pkcs11:token=a?module-path=${MODULE}`, "must name the key by object or id"],
    [`pkcs11:object=a;type=cert?module-path=${MODULE}`, "of type secret-key"],
    ["pkcs11:object=a?pin-value=1", "has a PIN in it, which others may see"],
    ["pkcs11:slot-id=1", 'has "slot-id", which is not known'],
    ["pkcs11:object=%", "is not encoded as a URI"],
  ])("%s", (text, message) => expect(() => openTokenKey(text)).toThrow(message));
});

test("a URI's parts", () => {
  expect(parseTokenKeyUri("pkcs11:serial=1;id=%01%fF?module-path=/m%20.so&pin-source=/p")).toEqual({
    modulePath: "/m .so",
    token: undefined,
    serial: "1",
    object: undefined,
    id: "01ff",
    pinFile: "/p",
  });
});

test.concurrent("an engine takes another key while it runs, and refuses to start without it", async () => {
  const engine = await TestEngine.start(["--compute", "simulated"]);
  const path = `${engine.dataFolder}.key`;
  const token = { NEARGATE_MASTER_KEY_FILE: "", NEARGATE_MASTER_KEY_PKCS11: uri("object=master") };
  const { credentials } = engine;
  try {
    const { stdout } = await engine.neargate(["master-key", "rotate", "--new-pkcs11", uri("object=master")]);
    expect(stdout).toContain("/master (key master of token, /usr/lib/softhsm/libsofthsm2.so)");
    const rotated = await engine.neargate(["status"]);
    expect(rotated.stdout).toContain("/master (pkcs11: key master of token, /usr/lib/softhsm/libsofthsm2.so)");
    await engine.kill();
    await expect(engine.up()).rejects.toThrow(
      /are sealed under master key \w+\/master \(pkcs11\), but \S+ is master key/,
    );
    await engine.up(token);
    expect(engine.credentials).toEqual(credentials);
    const status = await engine.neargate(["status"]);
    expect(status.stdout).toMatch(/^Secrets +sealed under master key \w+\/master \(pkcs11: key master of token,/m);
    const missing = { ...token, NEARGATE_MASTER_KEY_PKCS11: uri("object=none") };
    const doctor = engine.neargate(["doctor", "--compute", "simulated"], missing);
    await expect(doctor).rejects.toMatchObject({
      stdout: expect.stringContaining("fail  master key: token has no AES key none"),
    });
  } finally {
    await engine.neargate(["down"], token);
    rmSync(engine.dataFolder, { recursive: true });
    rmSync(path);
  }
});

test.concurrent("an ephemeral engine takes its key with it", async () => {
  const keys = () => (existsSync("/run/neargate/keys") ? readdirSync("/run/neargate/keys") : []);
  const ephemeral = await TestEngine.start(["--compute", "simulated", "--ephemeral"], { NEARGATE_MASTER_KEY_FILE: "" });
  const { masterKey } = JSON.parse((await ephemeral.neargate(["status", "--json"])).stdout) as {
    masterKey: { id: string };
  };
  expect(keys()).toContain(`${masterKey.id}.key`);
  await ephemeral.stop();
  expect(keys()).not.toContain(`${masterKey.id}.key`);
});
