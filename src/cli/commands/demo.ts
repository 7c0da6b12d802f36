import { Command } from "commander";
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import type { LoadedConfig } from "../../config.ts";
import type { DemoTarget } from "../../demo/clients.ts";
import type { DemoResult } from "../../demo/report.ts";
import { goOnLines } from "../go-on-lines.ts";
import { onInterrupt, sayUnfinished } from "../interrupt.ts";
import { startDetached } from "../launch.ts";
import { say } from "../output.ts";
import { adminOf, requireAgreement, requireEngine, withLastSettings } from "../running-engine.ts";
import { addSettings, loadFromFlags, typedFlags } from "../settings-options.ts";
import { introduce } from "./up.ts";

interface DemoOptions {
  once?: true;
  remove?: true;
}

/** `neargate demo`: a web application as a service of two tasks, made with the public API alone. */
export function demoCommand(): Command {
  const command = new Command("demo").description(
    "run a small web application as an ECS service of two tasks; Ctrl-C deletes it (and stops an engine started for it)",
  );
  return addSettings(command)
    .option("--once", "end when it runs, and leave it running")
    .option("--remove", "delete what an earlier demo left, and end")
    .action(async (options: DemoOptions) => {
      const { loaded } = withLastSettings(loadFromFlags(command));
      const interrupted = interruption();
      const started = !options.remove && (await ensureEngine(loaded, typedFlags(command)));
      if (interrupted.aborted) return await stopStarted(loaded, started);
      const { status, key } = await requireEngine(loaded);
      const target: DemoTarget = { endpoint: status.endpoint, region: status.region, ...key };
      const { createClients } = await import("../../demo/clients.ts");
      const { remove } = await import("../../demo/remove.ts");
      const { Progress } = await import("../../demo/progress.ts");
      const progress = new Progress((text) => process.stdout.write(text));
      const clients = createClients(target);
      if (options.remove) return await remove(clients, progress);

      try {
        const { deploy } = await import("../../demo/deploy.ts");
        const { inspect } = await import("../../demo/report.ts");
        const cacheFolder = join(loaded.config.dataFolder, "cache");
        await deploy({ clients, region: status.region, cacheFolder, progress, signal: interrupted });
        const result = await progress.step("tasks asked", () => inspect(clients, status.compute));
        describe(result, await goOnLines(target, loaded));
        if (options.once) return sayHowToEnd(loaded);
        say("\nCtrl-C deletes the demo and ends.");
        await aborted(interrupted);
      } catch (cause) {
        if (!interrupted.aborted) throw cause;
      }
      say();
      await remove(clients, progress);
      await stopStarted(loaded, started);
    });
}

async function stopStarted({ config }: LoadedConfig, started: boolean): Promise<void> {
  if (!started) return;
  await adminOf(config).stop("stop", say);
  say("The engine, started for the demo, is stopped.");
}

function sayHowToEnd({ chosen, config }: LoadedConfig): void {
  const data = chosen.data === undefined && !config.ephemeral ? "" : ` --data ${config.dataFolder}`;
  say(
    `\nIt runs on. "npx neargate demo --remove${data}" deletes the demo, "npx neargate down${data}" stops the engine.`,
  );
}

/** Starts the engine unless it runs. Returns whether it was started. */
async function ensureEngine(loaded: LoadedConfig, flags: string[]): Promise<boolean> {
  const running = await adminOf(loaded.config).status();
  if (running) {
    requireAgreement(loaded, running);
    say(`Neargate ${running.version} answers at ${running.endpoint}.`);
    return false;
  }
  say("Starting the engine …");
  const { endpoint, profile } = await startDetached(loaded.config, flags);
  introduce(endpoint, loaded, profile);
  return true;
}

/** Aborted by the first Ctrl-C. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every request of the demo listens
  onInterrupt(() => controller.abort(new Error("interrupted")), sayUnfinished);
  return controller.signal;
}

/** Resolves when the signal is aborted; keeps the process alive until then. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 2 ** 30);
    const end = () => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

function describe({ tasks, url, logLines }: DemoResult, goOn: string[]): void {
  say("\nTasks");
  for (const task of tasks)
    say(
      `  ${task.id}  ${task.status}  ${task.availabilityZone}  private ${task.privateIp}  public ${task.publicIp ?? "none"}`,
    );
  if (url) {
    say(`\nThe application answers at\n  ${url}`);
    say("\nLast log lines");
    for (const line of logLines) say(`  ${line}`);
  } else say("\nThese tasks are simulated: nothing answers at their addresses.");
  say("\nGo on with the AWS CLI");
  for (const line of goOn) say(`  ${line}`);
}
