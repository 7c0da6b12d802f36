import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError, loadConfig, type ConfigSources } from "../config.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function sources(overrides: Partial<ConfigSources> = {}): ConfigSources {
  return {
    flags: {},
    env: {},
    root: true,
    homeFolder: "/home/ada",
    systemFile: join(folder, "etc.json"),
    ...overrides,
  };
}

function instanceOf(data: string): string {
  return loadConfig(sources({ flags: { data } })).config.instance;
}

function file(path: string, content: unknown): string {
  const full = join(folder, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, typeof content === "string" ? content : JSON.stringify(content));
  return full;
}

describe("where a value comes from", () => {
  const typed = { port: "1" };
  const variable = { NEARGATE_PORT: "2" };
  const own3 = { port: 3 };
  const system4 = { port: 4 };
  test.each([
    { flags: typed, env: variable, own: own3, system: system4, port: 1, chosen: "--port" },
    { flags: {}, env: variable, own: own3, system: system4, port: 2, chosen: "NEARGATE_PORT" },
    { flags: {}, env: { NEARGATE_PORT: "" }, own: own3, system: system4, port: 3, chosen: /data\/neargate\.json/ },
    { flags: {}, env: {}, own: {}, system: system4, port: 4, chosen: /etc\.json/ },
    { flags: {}, env: {}, own: {}, system: {}, port: 4566, chosen: undefined },
  ])("port $port", ({ flags, env, own, system, port, chosen }) => {
    file("data/neargate.json", own);
    file("etc.json", system);
    const loaded = loadConfig(sources({ flags: { ...flags, data: join(folder, "data") }, env }));
    expect(loaded.config.port).toBe(port);
    if (chosen instanceof RegExp) expect(loaded.chosen.port).toMatch(chosen);
    else expect(loaded.chosen.port).toBe(chosen);
  });

  test("a named file stands in place of the others and may name the data folder", () => {
    const data = join(folder, "data");
    file("data/neargate.json", { region: "eu-west-1" });
    file("etc.json", { account: "111111111111" });
    const named = file("mine.json", { data, auth: false, dnsUpstream: ["10.0.0.1"] });
    for (const loaded of [
      loadConfig(sources({ flags: { config: named } })),
      loadConfig(sources({ env: { NEARGATE_CONFIG: named } })),
    ])
      expect(loaded.config).toMatchObject({
        dataFolder: data,
        region: "us-east-1",
        account: "000000000000",
        auth: false,
        dnsUpstreams: ["10.0.0.1"],
      });
  });
});

describe("folders", () => {
  test.each([
    { root: true, flags: {}, dataFolder: "/var/lib/neargate" },
    { root: true, flags: { ephemeral: true }, dataFolder: "/var/lib/neargate-ephemeral-4566" },
    { root: true, flags: { ephemeral: true, port: "80" }, dataFolder: "/var/lib/neargate-ephemeral-80" },
    { root: false, flags: {}, dataFolder: "/home/ada/.local/share/neargate" },
    { root: false, flags: { data: "/x/y" }, dataFolder: "/x/y" },
  ])("$dataFolder", ({ root, flags, dataFolder }) => {
    const { config } = loadConfig(sources({ root, flags }));
    expect(config.dataFolder).toBe(dataFolder);
    expect(config.instance).toMatch(/^[0-9a-f]{6}$/);
    expect(config.runFolder).toBe(root ? `/run/neargate/${config.instance}` : `${dataFolder}/run`);
  });

  test("two spellings of a folder are one engine, two folders are two", () => {
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"));
    expect(instanceOf(join(folder, "link/engine"))).toBe(instanceOf(`${folder}/real/../real/engine/`));
    expect(instanceOf(join(folder, "a"))).not.toBe(instanceOf(join(folder, "b")));
  });
});

test.each([
  ["on", true],
  ["off", false],
  ["False", false],
  ["1", true],
])("auth %s", (auth, expected) => {
  expect(loadConfig(sources({ env: { NEARGATE_AUTH: auth } })).config.auth).toBe(expected);
});

test.each<[Partial<ConfigSources>, unknown]>([
  [{}, { masterKey: { kind: "own" }, keysFolder: "/etc/neargate/keys" }],
  [{ flags: { ephemeral: true } }, { keysFolder: "/run/neargate/keys" }],
  [{ root: false }, { keysFolder: "/home/ada/.config/neargate/keys" }],
  [{ root: false, env: { XDG_CONFIG_HOME: "/c" } }, { keysFolder: "/c/neargate/keys" }],
  [{ root: false, env: { XDG_RUNTIME_DIR: "/r" } }, { keysFolder: "/home/ada/.config/neargate/keys" }],
  [{ root: false, flags: { ephemeral: true }, env: { XDG_RUNTIME_DIR: "/r" } }, { keysFolder: "/r/neargate/keys" }],
  [{ flags: { masterKeyFile: "/k" } }, { masterKey: { kind: "file", path: "/k" } }],
  [
    { env: { NEARGATE_MASTER_KEY_COMMAND: "vault read  key" } },
    { masterKey: { kind: "command", argv: ["vault", "read", "key"] } },
  ],
  [{ flags: { masterKeyCommand: '["a","b c"]' } }, { masterKey: { kind: "command", argv: ["a", "b c"] } }],
  [{ flags: { masterKeyPkcs11: "pkcs11:object=a" } }, { masterKey: { kind: "pkcs11", uri: "pkcs11:object=a" } }],
])("the master key of %j", (overrides, expected) => {
  expect(loadConfig(sources(overrides)).config).toMatchObject(expected as object);
});

test.each<[Partial<ConfigSources>, string]>([
  [{ flags: { port: "x" } }, '--port must be a number from 0 to 65535, not "x"'],
  [{ flags: { port: "65536" } }, '--port must be a number from 0 to 65535, not "65536"'],
  [{ env: { NEARGATE_ACCOUNT: "123" } }, 'NEARGATE_ACCOUNT must be twelve digits, not "123"'],
  [{ flags: { compute: "docker" } }, '--compute must be containerd or simulated, not "docker"'],
  [{ flags: { auth: "maybe" } }, '--auth must be on or off, not "maybe"'],
  [{ flags: { publicPool: "100.64.0.1/24" } }, "--public-pool must be an IPv4 range"],
  [{ flags: { publicPool: "100.64.0.0/30" } }, "--public-pool must be an IPv4 range"],
  [{ flags: { dnsUpstream: "1.1.1.1,dns" } }, "--dns-upstream must be IP addresses"],
  [{ flags: { providerIsolation: "SPOT=gvisor" } }, "--provider-isolation must be FARGATE or FARGATE_SPOT, = and"],
  [{ env: { NEARGATE_PROVIDER_ISOLATION: "FARGATE=kvm" } }, "NEARGATE_PROVIDER_ISOLATION must be FARGATE or"],
  [{ flags: { containerdSocket: "run/c.sock" } }, "--containerd-socket must be an absolute path"],
  [{ flags: { masterKeyFile: "master.key" } }, "--master-key-file must be an absolute path"],
  [{ flags: { data: "/x", masterKeyFile: "/x/master.key" } }, "--master-key-file must be outside of the data folder"],
  [{ flags: { masterKeyCommand: " " } }, "--master-key-command must be a command"],
  [{ flags: { masterKeyCommand: "[1]" } }, "--master-key-command must be a command"],
  [{ flags: { masterKeyPkcs11: "/usr/lib/softhsm" } }, "--master-key-pkcs11 must be a pkcs11: URI"],
  [
    { flags: { masterKeyFile: "/k" }, env: { NEARGATE_MASTER_KEY_COMMAND: "k" } },
    "--master-key-file and --master-key-command exclude each other",
  ],
  [{ flags: { data: "/proc/neargate" } }, '--data must be a folder on a disk, not "/proc/neargate"'],
  [{ flags: { config: "/does/not/exist.json" } }, "/does/not/exist.json cannot be read"],
])("refuses %o", (overrides, message) => {
  const load = () => loadConfig(sources(overrides));
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(message);
});

test.each([
  ["{", "is not JSON"],
  ["[]", "must hold one JSON object"],
  [{ prot: 1 }, 'there is no setting "prot"; there are data, port,'],
  [{ account: 1 }, "must be twelve digits, not 1"],
])("refuses a file with %o", (content, message) => {
  file("etc.json", content);
  expect(() => loadConfig(sources())).toThrow(message);
});

test("the data folder's own file cannot move the data folder", () => {
  file("data/neargate.json", { data: "/elsewhere" });
  expect(() => loadConfig(sources({ flags: { data: join(folder, "data") } }))).toThrow(/cannot be set in/);
});
