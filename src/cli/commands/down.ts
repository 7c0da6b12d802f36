import { Command } from "commander";
import { hasLeftovers } from "../../admin/data-folder.ts";
import { readEngineFile } from "../../admin/engine-file.ts";
import { createLogger } from "../../base/log.ts";
import { say } from "../output.ts";
import { adminOf, noEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags } from "../settings-options.ts";

/** `neargate down`: stops the engine and, unless told otherwise, everything that it runs. */
export function downCommand(): Command {
  const command = new Command("down").description("stop the engine and its tasks");
  return addSettings(command)
    .option("--keep-tasks", "stop the control plane only; the next up finds the tasks again")
    .action(async ({ keepTasks }: { keepTasks?: true }) => {
      const loaded = loadFromFlags(command);
      const { config } = loaded;
      const client = adminOf(config);
      const running = await client.status();
      if (running) {
        if (running.ephemeral && keepTasks) throw new Error("an ephemeral engine does not leave tasks behind");
        await client.stop(keepTasks ? "keep" : "stop", say);
        say(keepTasks ? "Stopped. Tasks run on." : "Stopped.");
        return;
      }
      // The engine may have died, or was stopped with its tasks kept: it is started as it was, only to stop them.
      const last = { ...config, ...readEngineFile(config.dataFolder)?.config };
      if (keepTasks || !hasLeftovers(last)) return say(noEngine(loaded));
      say(`No engine runs on ${config.dataFolder}; stopping what it left.`);
      const { stopLeftovers } = await import("../../main.ts");
      await stopLeftovers(last, createLogger("warn"), say);
      say("Stopped.");
    });
}
