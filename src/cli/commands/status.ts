import { Command } from "commander";
import type { EngineStatus } from "../../engine.ts";
import { say, sayJson } from "../output.ts";
import { adminOf, noEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags, WHICH_ENGINE } from "../settings-options.ts";

/** `neargate status`: what the engine of a data folder is doing; exit code 1 when it does not run. */
export function statusCommand(): Command {
  const command = new Command("status").description("show the engine and its tasks; exit code 1 when it does not run");
  return addSettings(command, WHICH_ENGINE)
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const loaded = loadFromFlags(command);
      const { config } = loaded;
      const status = await adminOf(config).status();
      if (!status) process.exitCode = 1;
      if (json) sayJson(status ? { running: true, ...status } : { running: false, dataFolder: config.dataFolder });
      else if (status) describe(status);
      else say(noEngine(loaded));
    });
}

function describe(status: EngineStatus): void {
  const { running, pending, stopping } = status.tasks;
  const rows = {
    Neargate: `${status.version}, pid ${status.pid}, up ${duration(status.uptimeSeconds)}`,
    Endpoint: status.endpoint,
    Account: `${status.account}, ${status.region}`,
    Tasks: `${running} running, ${pending} pending, ${stopping} stopping`,
    Compute: computeText(status),
    Storage: status.storageEncrypted ? "encrypted" : "not encrypted",
    Signatures: status.auth ? "checked" : "not checked, and no policies",
    "Public IPs": status.publicPool,
    Data: `${status.dataFolder}${status.ephemeral ? " (forgotten at exit)" : ""}`,
    Secrets: `sealed under master key ${status.masterKey.id} (${status.masterKey.provider}: ${status.masterKey.place})`,
    ...(status.unwrittenEvents
      ? { Audit: `${status.unwrittenEvents} events cannot be written: see the engine's log` }
      : {}),
    Services: status.services.join(", "),
  };
  for (const [label, value] of Object.entries(rows)) say(`${label.padEnd(11)} ${value}`);
}

function computeText({ compute, isolation, userNamespaces }: EngineStatus): string {
  if (compute === "simulated") return compute;
  return `${compute}, ${isolation}${isolation === "runc" && userNamespaces ? ", user namespaces" : ""}`;
}

function duration(seconds: number): string {
  const units = { d: 86_400, h: 3600, min: 60, s: 1 };
  const [unit, size] = Object.entries(units).find(([, length]) => seconds >= length) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}
