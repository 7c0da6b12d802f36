import { AdminClient } from "../admin/admin-client.ts";
import type { LoadedConfig } from "../config.ts";
import type { EngineStatus, RootKey } from "../engine.ts";
import { flagOf, type SettingName } from "../settings.ts";

/** The engine of a data folder, for commands that need it to run. @throws Error when it does not */
export async function requireEngine({ config }: LoadedConfig): Promise<{ status: EngineStatus; key: RootKey }> {
  const client = new AdminClient(config.runFolder);
  const status = await client.status();
  const key = await client.credentials();
  if (!status || !key) throw new Error(`no engine runs on ${config.dataFolder}: start one with "neargate up --detach"`);
  return { status, key };
}

/**
 * Compares what was chosen for this command with the engine that runs already.
 * @throws Error naming the first setting that differs
 */
export function requireAgreement({ config, chosen }: LoadedConfig, running: EngineStatus): void {
  const runs: Partial<Record<SettingName, unknown>> = {
    port: Number(new URL(running.endpoint).port),
    account: running.account,
    region: running.region,
    compute: running.compute,
    auth: running.auth,
    ephemeral: running.ephemeral,
    publicPool: running.publicPool,
  };
  for (const [name, value] of Object.entries(runs) as [SettingName & keyof typeof config, unknown][]) {
    const takesAnyPort = name === "port" && config.port === 0;
    if (chosen[name] === undefined || takesAnyPort || config[name] === value) continue;
    throw new Error(
      `the engine on ${config.dataFolder} (pid ${running.pid}) runs with ${flagOf(name)} ${value}, ` +
        `not ${config[name]} (${chosen[name]}): stop it first with "neargate down --keep-tasks"`,
    );
  }
}
