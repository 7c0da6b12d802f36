import { createHash } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { errnoOf, messageOf } from "./base/errors.ts";
import type { Isolation, ProviderIsolation, UserNamespaceMode } from "./base/isolation.ts";
import { flagOf, SETTING_NAMES, SETTINGS, variableOf, type SettingName, type Settings } from "./settings.ts";

/** Everything that is settable, from flags, environment and one file, with defaults filled in. */
export interface Config {
  /** Where all state lives; one engine per folder. */
  dataFolder: string;
  /** Sockets and pid files: gone after a reboot. Derived from the data folder, below `/run/neargate`. */
  runFolder: string;
  /** Six hexadecimal digits derived from the data folder: marks this engine's namespaces, interfaces, rules and cgroups. */
  instance: string;
  /** Listens on 127.0.0.1 and ::1. */
  port: number;
  /** Twelve digits. */
  account: string;
  region: string;
  compute: "containerd" | "simulated";
  /** What simulated containers do, by image. */
  simulatedScript: string | undefined;
  /** Of the tasks that are launched from now on. */
  isolation: Isolation;
  /** Of those among them that capacity providers with a tier of their own run. */
  providerIsolation: ProviderIsolation[] | undefined;
  /** Of those among them on `runc`. */
  userNamespaces: UserNamespaceMode;
  /** Whether the ephemeral storage of the tasks that are launched from now on is encrypted. */
  encryptStorage: boolean;
  /** Whether layers in eStargz form are mounted from their registries. */
  lazyImages: boolean;
  /** Whether signatures are checked. */
  auth: boolean;
  /** Whether requests and launches beyond what AWS allows are refused. */
  throttling: boolean;
  /** State is forgotten at exit, and `POST /_neargate/reset` is answered. */
  ephemeral: boolean;
  /** CIDR of the addresses given to tasks with `assignPublicIp`; the first free range unless told. */
  publicPool: string | undefined;
  /** Name servers that the VPC resolvers forward to; the host's unless told. */
  dnsUpstreams: string[] | undefined;
  /** The NFS server's folder that EFS file systems are kept in, as `parseNfsExport` reads it; the data folder unless told. */
  efsNfs: string | undefined;
  /** An existing containerd's socket instead of an own instance. */
  containerdSocket: string | undefined;
  /** How much images may take that no task uses. */
  imageCacheGiB: number;
  /** Where the key is that seals all secrets of the data folder. */
  masterKey: MasterKeySource;
  /** Where key files are made that no setting names: outside of the data folder. */
  keysFolder: string;
  logLevel: "trace" | "debug" | "info" | "warn" | "error" | "silent";
}

/** Where a master key is: in a file made in {@link Config.keysFolder}, or where a setting says. */
export type MasterKeySource =
  | { kind: "own" }
  | { kind: "file"; path: string }
  | { kind: "command"; argv: string[] }
  | { kind: "pkcs11"; uri: string };

/** A setting that cannot be used; the message says which, where it was set and what would do. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Where settings come from, in the order of who wins: flags, environment, files, defaults. */
export interface ConfigSources {
  /** What was typed, by setting. */
  flags: Partial<Record<SettingName | "config", unknown>>;
  env: NodeJS.ProcessEnv;
  /** Root keeps data in `/var/lib`, everyone else at home. */
  root: boolean;
  homeFolder: string;
  /** The machine's configuration file. */
  systemFile: string;
}

export interface LoadedConfig {
  config: Config;
  /** The settings that someone chose, with where: `--port`, `NEARGATE_PORT` or a file's path. Others are defaults. */
  chosen: Partial<Record<SettingName, string>>;
}

/** The sources as this process has them. */
export function processSources(flags: ConfigSources["flags"]): ConfigSources {
  return {
    flags,
    env: process.env,
    root: process.getuid?.() === 0,
    homeFolder: process.env["HOME"] ?? "/root",
    systemFile: "/etc/neargate.json",
  };
}

/**
 * Reads all settings. A value comes from the first that has it of: its flag, its variable, `neargate.json` in the data
 * folder, the machine's file, its default. A file named by `--config` stands in place of the two files.
 * @throws ConfigError for an unknown setting in a file, a value that is not allowed, or a file that cannot be read.
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const typed = readLayer((name) => [sources.flags[name], flagOf(name)]);
  const environment = readLayer((name) => [sources.env[variableOf(name)] || undefined, variableOf(name)]);
  const named = sources.flags.config ?? sources.env["NEARGATE_CONFIG"];
  const general = named === undefined ? readFileLayer(sources.systemFile) : readFileLayer(resolve(String(named)), true);

  const early = merge([typed, environment, general]);
  const dataFolder = canonicalPath(early.values.data ?? defaultDataFolder(sources, early.values));
  if (KERNEL_FOLDERS.test(dataFolder))
    throw new ConfigError(`${early.chosen.data ?? flagOf("data")} must be a folder on a disk, not "${dataFolder}"`);
  const own = named === undefined ? readFileLayer(join(dataFolder, "neargate.json")) : {};
  if (own.data) throw new ConfigError(`${own.data.origin} cannot be set in the data folder's own file`);

  const { values, chosen } = merge([typed, environment, own, general]);
  return { config: toConfig(values, dataFolder, sources), chosen };
}

const DEFAULT_PORT = 4566;
/** What the kernel shows there are no files. */
const KERNEL_FOLDERS = /^\/(proc|sys|dev)(\/(?!shm\/)|$)/;

function toConfig(values: Settings, dataFolder: string, sources: ConfigSources): Config {
  const instance = createHash("sha256").update(dataFolder).digest("hex").slice(0, 6);
  return {
    dataFolder,
    runFolder: sources.root ? `/run/neargate/${instance}` : join(dataFolder, "run"),
    instance,
    port: values.port ?? DEFAULT_PORT,
    account: values.account ?? "000000000000",
    region: values.region ?? "us-east-1",
    compute: values.compute ?? "containerd",
    simulatedScript: values.simulatedScript,
    isolation: values.isolation ?? "runc",
    providerIsolation: values.providerIsolation,
    userNamespaces: values.userNamespaces ?? "auto",
    encryptStorage: values.encryptStorage ?? false,
    lazyImages: values.lazyImages ?? false,
    auth: values.auth ?? true,
    throttling: values.throttling ?? false,
    ephemeral: values.ephemeral ?? false,
    publicPool: values.publicPool,
    dnsUpstreams: values.dnsUpstream,
    efsNfs: values.efsNfs,
    containerdSocket: values.containerdSocket,
    imageCacheGiB: values.imageCache ?? 20,
    masterKey: readMasterKeySource(values, dataFolder, MASTER_KEY_FLAGS),
    keysFolder: keysFolder(sources, values.ephemeral ?? false),
    logLevel: values.logLevel ?? "info",
  };
}

/** An ephemeral engine has a folder of its own, by port, so that a crashed one is found again and cleaned up. */
function defaultDataFolder(sources: ConfigSources, values: Settings): string {
  const folder = sources.root ? "/var/lib/neargate" : join(sources.homeFolder, ".local/share/neargate");
  return values.ephemeral ? `${folder}-ephemeral-${values.port ?? DEFAULT_PORT}` : folder;
}

type MasterKeySetting = "masterKeyFile" | "masterKeyCommand" | "masterKeyPkcs11";

/**
 * Where a master key is to be, as it was typed.
 * @param origins how the values were given, for errors
 * @throws ConfigError when one is wrong or several are set, or a file would lie with what it protects
 */
export function readMasterKeySource(
  typed: Partial<Record<MasterKeySetting, unknown>>,
  dataFolder: string,
  origins: Readonly<Record<MasterKeySetting, string>>,
): MasterKeySource {
  const names = (Object.keys(origins) as MasterKeySetting[]).filter((name) => typed[name] !== undefined);
  const values: Settings = Object.fromEntries(
    names.map((name) => [name, readSetting(name, typed[name], origins[name])]),
  );
  if (names.length > 1)
    throw new ConfigError(
      `${names.map((name) => origins[name]).join(" and ")} exclude each other: there is one master key`,
    );
  if (values.masterKeyFile) {
    const path = canonicalPath(values.masterKeyFile);
    if (path.startsWith(`${dataFolder}/`))
      throw new ConfigError(`${origins.masterKeyFile} must be outside of the data folder, not ${path}`);
    return { kind: "file", path };
  }
  if (values.masterKeyCommand) return { kind: "command", argv: values.masterKeyCommand };
  if (values.masterKeyPkcs11) return { kind: "pkcs11", uri: values.masterKeyPkcs11 };
  return { kind: "own" };
}

const MASTER_KEY_FLAGS = {
  masterKeyFile: flagOf("masterKeyFile"),
  masterKeyCommand: flagOf("masterKeyCommand"),
  masterKeyPkcs11: flagOf("masterKeyPkcs11"),
};

/** The keys of ephemeral engines go with the boot, where there is a place that does. */
function keysFolder({ root, env, homeFolder }: ConfigSources, ephemeral: boolean): string {
  if (root) return ephemeral ? "/run/neargate/keys" : "/etc/neargate/keys";
  const folder = (ephemeral && env["XDG_RUNTIME_DIR"]) || env["XDG_CONFIG_HOME"] || join(homeFolder, ".config");
  return join(folder, "neargate/keys");
}

/** Settings of one source, each with where it was found. */
type Layer = { [Name in SettingName]?: { value: unknown; origin: string } };

function readLayer(read: (name: SettingName) => [value: unknown, origin: string]): Layer {
  const layer: Layer = {};
  for (const name of SETTING_NAMES) {
    const [raw, origin] = read(name);
    if (raw === undefined) continue;
    layer[name] = { value: readSetting(name, raw, origin), origin };
  }
  return layer;
}

function readSetting(name: SettingName, raw: unknown, origin: string): unknown {
  const parsed = SETTINGS[name].schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ConfigError(`${origin} must be ${parsed.error.issues[0]!.message}, not ${JSON.stringify(raw)}`);
}

function readFileLayer(path: string, required = false): Layer {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (cause) {
    // A file that this user may not read is as good as none, unless it was asked for.
    if (!required && ["ENOENT", "ENOTDIR", "EACCES"].includes(errnoOf(cause) ?? "")) return {};
    throw new ConfigError(`${path} cannot be read: ${messageOf(cause)}`);
  }
  const settings = parseObject(path, content);
  for (const name of Object.keys(settings))
    if (!(name in SETTINGS))
      throw new ConfigError(`${path}: there is no setting "${name}"; there are ${SETTING_NAMES.join(", ")}`);
  return readLayer((name) => [settings[name], `"${name}" in ${path}`]);
}

function parseObject(path: string, content: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (cause) {
    throw new ConfigError(`${path} is not JSON: ${messageOf(cause)}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new ConfigError(`${path} must hold one JSON object`);
  return parsed as Record<string, unknown>;
}

/** Each setting from the first layer that has it. */
function merge(layers: Layer[]): { values: Settings; chosen: LoadedConfig["chosen"] } {
  const values: Record<string, unknown> = {};
  const chosen: LoadedConfig["chosen"] = {};
  for (const name of SETTING_NAMES) {
    const found = layers.find((layer) => layer[name])?.[name];
    if (!found) continue;
    values[name] = found.value;
    chosen[name] = found.origin;
  }
  return { values: values as Settings, chosen };
}

/** The path without symbolic links, as far as it exists: two spellings of a folder must mean one engine. */
function canonicalPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT" || absolute === "/") throw cause;
    return join(canonicalPath(dirname(absolute)), basename(absolute));
  }
}
