import { AdminClient } from "../admin/admin-client.ts";
import { readEngineFile } from "../admin/engine-file.ts";
import type { Config, LoadedConfig, MasterKeySource } from "../config.ts";
import type { EngineStatus, RootKey } from "../engine.ts";
import { flagOf, type SettingName } from "../settings.ts";

/**
 * The way to the engine of a data folder. Its sockets are where it was started with: root's engines have them elsewhere
 * than other users', and root may speak to both.
 */
export function adminOf({ dataFolder, runFolder }: Config): AdminClient {
  return new AdminClient(readEngineFile(dataFolder)?.config.runFolder ?? runFolder);
}

/** What to say when there is none: who named no folder may mean another. */
export function noEngine({ config, chosen }: LoadedConfig): string {
  const hint = chosen.data === undefined ? " Another folder is named with --data." : "";
  return `No engine runs on ${config.dataFolder}.${hint}`;
}

/** The engine of a data folder, for commands that need it to run. @throws Error when it does not */
export async function requireEngine({ config }: LoadedConfig): Promise<{ status: EngineStatus; key: RootKey }> {
  const client = adminOf(config);
  const status = await client.status();
  const key = await client.credentials();
  if (!status || !key) throw new Error(`no engine runs on ${config.dataFolder}: start one with "neargate up --detach"`);
  return { status, key };
}

/**
 * The settings of an engine that was killed or stopped without its tasks, for those that nobody chose anew: its tasks
 * are of that tier, and images that were pushed to its registry are named by that port.
 * @returns also which of them are not the defaults, as flags
 */
export function withLastSettings(loaded: LoadedConfig): { loaded: LoadedConfig; kept: string[] } {
  const { config, chosen } = loaded;
  const last = readEngineFile(config.dataFolder)?.config;
  if (!last || last.ephemeral !== config.ephemeral) return { loaded, kept: [] };
  const remembered: Partial<Config> = {};
  const kept: string[] = [];
  const keep = <Name extends keyof Config>(setting: SettingName, name: Name) => {
    const value = last[name];
    if (chosen[setting] !== undefined || value === undefined || value === config[name]) return;
    remembered[name] = value;
    kept.push(`${flagOf(setting)} ${typeof value === "boolean" ? onOff(value) : String(value)}`);
  };
  keep("port", "port");
  keep("account", "account");
  keep("region", "region");
  keep("compute", "compute");
  keep("simulatedScript", "simulatedScript");
  keep("isolation", "isolation");
  keep("providerIsolation", "providerIsolation");
  keep("userNamespaces", "userNamespaces");
  keep("encryptStorage", "encryptStorage");
  keep("lazyImages", "lazyImages");
  keep("auth", "auth");
  keep("throttling", "throttling");
  keep("publicPool", "publicPool");
  keep("dnsUpstream", "dnsUpstreams");
  keep("efsNfs", "efsNfs");
  keep("containerdSocket", "containerdSocket");
  keep("imageCache", "imageCacheGiB");
  keep("logLevel", "logLevel");
  if (last.masterKey && last.masterKey.kind !== "own" && !MASTER_KEY_SETTINGS.some((name) => chosen[name])) {
    remembered.masterKey = last.masterKey;
    kept.push(...masterKeyFlag(last.masterKey));
  }
  return { loaded: { chosen, config: { ...config, ...remembered } }, kept };
}

/**
 * Compares what was chosen for this command with the engine that runs already.
 * @throws Error naming the first setting that differs
 */
export function requireAgreement({ config, chosen }: LoadedConfig, running: EngineStatus): void {
  const { publicPool, ...started } = readEngineFile(config.dataFolder)?.config ?? config;
  const runs: Record<Exclude<SettingName, "data">, [runs: unknown, wanted: unknown]> = {
    port: [started.port, config.port === 0 ? started.port : config.port],
    account: [started.account, config.account],
    region: [started.region, config.region],
    compute: [started.compute, config.compute],
    simulatedScript: [started.simulatedScript, config.simulatedScript],
    isolation: [started.isolation ?? "runc", config.isolation],
    providerIsolation: [started.providerIsolation?.join(), config.providerIsolation?.join()],
    userNamespaces: [started.userNamespaces ?? "off", config.userNamespaces],
    encryptStorage: [onOff(started.encryptStorage ?? false), onOff(config.encryptStorage)],
    lazyImages: [onOff(started.lazyImages ?? false), onOff(config.lazyImages)],
    auth: [onOff(started.auth), onOff(config.auth)],
    throttling: [onOff(started.throttling ?? false), onOff(config.throttling)],
    ephemeral: [started.ephemeral, config.ephemeral],
    publicPool: [publicPool ?? running.publicPool, config.publicPool],
    dnsUpstream: [started.dnsUpstreams?.join(), config.dnsUpstreams?.join()],
    efsNfs: [started.efsNfs, config.efsNfs],
    containerdSocket: [started.containerdSocket, config.containerdSocket],
    imageCache: [started.imageCacheGiB, config.imageCacheGiB],
    masterKeyFile: masterKeys(started, config),
    masterKeyCommand: masterKeys(started, config),
    masterKeyPkcs11: masterKeys(started, config),
    logLevel: [started.logLevel, config.logLevel],
  };
  for (const [name, [value, wanted]] of Object.entries(runs) as [keyof typeof runs, [unknown, unknown]][]) {
    if (chosen[name] === undefined || wanted === value) continue;
    throw new Error(
      `the engine on ${config.dataFolder} (pid ${running.pid}) runs with ${flagOf(name)} ${value ?? "left open"}, ` +
        `not ${wanted} (${chosen[name]}): stop it first with "neargate down --keep-tasks"`,
    );
  }
}

const MASTER_KEY_SETTINGS = ["masterKeyFile", "masterKeyCommand", "masterKeyPkcs11"] as const;

function masterKeyFlag(source: MasterKeySource): string[] {
  switch (source.kind) {
    case "own":
      return [];
    case "file":
      return [flagOf("masterKeyFile"), source.path];
    case "command":
      return [flagOf("masterKeyCommand"), JSON.stringify(source.argv)];
    case "pkcs11":
      return [flagOf("masterKeyPkcs11"), source.uri];
  }
}

function masterKeys(...engines: Partial<Pick<Config, "masterKey">>[]): [runs: string, wanted: string] {
  const [runs = "", wanted = ""] = engines.map(({ masterKey = { kind: "own" } }) => masterKeyFlag(masterKey)[1] ?? "");
  return [runs, wanted];
}

function onOff(value: boolean): string {
  return value ? "on" : "off";
}
