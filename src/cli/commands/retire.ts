import { Command } from "commander";
import { say, sayJson } from "../output.ts";
import { adminOf, requireEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags, WHICH_ENGINE } from "../settings-options.ts";

interface RetireFlags {
  task?: string;
  all?: true;
  at?: string;
  json?: true;
}

/** `neargate retire`: has tasks replaced or stopped, as AWS does when it maintains the machines below Fargate. */
export function retireCommand(): Command {
  const command = new Command("retire").description(
    "retire tasks: services replace theirs, others are stopped, with ECS's reason for maintenance",
  );
  return addSettings(command, WHICH_ENGINE)
    .option("--task <arn>", "one task")
    .option("--all", "every task that runs now")
    .option("--at <time>", "when, such as 2027-01-31T02:00:00Z; now without it")
    .option("--json", "print JSON")
    .action(async (flags: RetireFlags) => {
      const { task, all, json } = flags;
      if ((task === undefined) === (all === undefined)) throw new Error("name either --task ARN or --all");
      const at = timeOf(flags.at);
      const loaded = loadFromFlags(command);
      await requireEngine(loaded);
      const retired = await adminOf(loaded.config).retire({ ...(task === undefined ? {} : { taskArn: task }), at });
      if (task !== undefined && !retired.length) throw new Error(`no task ${task} runs`);
      if (json) return sayJson({ at: at.toISOString(), tasks: retired });
      for (const arn of retired) say(arn);
      say(`${retired.length} ${retired.length === 1 ? "task retires" : "tasks retire"} at ${at.toISOString()}.`);
    });
}

function timeOf(text: string | undefined): Date {
  const time = text === undefined ? new Date() : new Date(text);
  if (Number.isNaN(time.getTime())) throw new Error(`--at ${text} is not a time such as 2027-01-31T02:00:00Z`);
  if (text !== undefined && time.getTime() < Date.now())
    throw new Error(`--at ${text} has passed: leave it out to retire now`);
  return time;
}
