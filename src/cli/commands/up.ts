import { Command } from "commander";
import { createLogger } from "../../base/log.ts";
import type { LoadedConfig } from "../../config.ts";
import type { ProfileOutcome } from "../aws-profile.ts";
import { onInterrupt, sayUnfinished } from "../interrupt.ts";
import { startDetached } from "../launch.ts";
import { say } from "../output.ts";
import { adminOf, requireAgreement, withLastSettings } from "../running-engine.ts";
import { addSettings, loadFromFlags, typedFlags } from "../settings-options.ts";
import { VERSION } from "../../version.ts";

/** `neargate up`: starts the engine, in the foreground or detached. */
export function upCommand(): Command {
  const command = new Command("up").description("start the engine; Ctrl-C stops it and leaves its tasks running");
  return addSettings(command)
    .option("--detach", "run in the background; returns when the engine answers")
    .action(async ({ detach }: { detach?: true }) => {
      const wanted = loadFromFlags(command);
      const running = await adminOf(wanted.config).status();
      if (running) {
        requireAgreement(wanted, running);
        say(`Neargate ${running.version} already answers at ${running.endpoint} (pid ${running.pid}).`);
        return;
      }
      const { loaded, kept } = withLastSettings(wanted);
      if (kept.length) say(`It is started as it was before: ${kept.join(" ")}`);
      if (detach) {
        const { endpoint, profile } = await startDetached(loaded.config, typedFlags(command));
        introduce(endpoint, loaded, profile);
      } else await runInForeground(loaded);
    });
}

async function runInForeground(loaded: LoadedConfig): Promise<void> {
  const { startEngine } = await import("../../main.ts");
  const engine = await startEngine(loaded.config, createLogger(loaded.config.logLevel), () => process.exit(0));
  const { ephemeral } = loaded.config;
  onInterrupt(() => {
    void engine.stop({ tasks: "keep", onProgress: say }).then(() => {
      say(ephemeral ? "Stopped." : 'Stopped. Tasks, if any, run on; "neargate down" stops them.');
      process.exit(0);
    });
  }, sayUnfinished);
  introduce(engine.endpoint, loaded, engine.profile);
  say(
    ephemeral
      ? "Ctrl-C stops it with its tasks and forgets all state."
      : 'Ctrl-C stops the control plane; tasks run on until "neargate down".',
  );
}

/** Says where the engine is and how to reach it. */
export function introduce(endpoint: string, { config }: LoadedConfig, profile: ProfileOutcome): void {
  say(`Neargate ${VERSION} answers at ${endpoint}; its data is in ${config.dataFolder}.`);
  if (profile === "written") say("The AWS profile neargate was written: AWS_PROFILE=neargate aws ecs list-clusters");
  if (profile === "foreign")
    say(
      `The AWS profile neargate leads elsewhere and was left: eval "$(npx neargate env --data ${config.dataFolder})" leads here.`,
    );
}
