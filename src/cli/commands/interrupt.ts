import { Command } from "commander";
import { say, sayJson } from "../output.ts";
import { adminOf, requireEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags, WHICH_ENGINE } from "../settings-options.ts";

interface InterruptFlags {
  service?: string;
  count?: string;
  in: string;
  json?: true;
}

/** AWS gives two minutes. */
const MAX_SECONDS = 120;

/** `neargate interrupt`: takes tasks their Spot capacity, as AWS does when it needs it. */
export function interruptCommand(): Command {
  const command = new Command("interrupt").description(
    "interrupt tasks on FARGATE_SPOT: they are told to stop, with two minutes at most, and services replace theirs",
  );
  return addSettings(command, WHICH_ENGINE)
    .argument("[task...]", "ARNs or ids")
    .option("--service <name>", "those of a service: NAME, CLUSTER/NAME or its ARN")
    .option("--count <number>", "so many at most, the oldest first")
    .option("--in <seconds>", "when what still runs is killed, 0 to 120", String(MAX_SECONDS))
    .option("--json", "print JSON")
    .action(async (tasks: string[], flags: InterruptFlags) => {
      const { service, json } = flags;
      const count = flags.count === undefined ? undefined : numberOf("--count", flags.count, 1, 100_000);
      if (tasks.length ? service !== undefined || count !== undefined : service === undefined && count === undefined)
        throw new Error("name either tasks, or --service NAME, --count NUMBER or both");
      const at = new Date(Date.now() + numberOf("--in", flags.in, 0, MAX_SECONDS) * 1000);
      const loaded = loadFromFlags(command);
      await requireEngine(loaded);
      const interrupted = await adminOf(loaded.config).interrupt({
        ...(tasks.length ? { tasks } : {}),
        ...(service === undefined ? {} : { service }),
        ...(count === undefined ? {} : { count }),
        at,
      });
      if (!interrupted.length) throw new Error("no such task runs on FARGATE_SPOT");
      if (json) return sayJson({ at: at.toISOString(), tasks: interrupted });
      for (const arn of interrupted) say(arn);
      say(
        `${interrupted.length} ${interrupted.length === 1 ? "task is" : "tasks are"} interrupted; what still runs at ${at.toISOString()} is killed.`,
      );
    });
}

function numberOf(flag: string, text: string, least: number, most: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (number < least || number > most) throw new Error(`${flag} ${text} is not a number from ${least} to ${most}`);
  return number;
}
