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
    .option(
      "--at <time>",
      "when, such as 2027-01-31T02:00:00Z, or now; after fargateTaskRetirementWaitPeriod without it",
    )
    .option("--json", "print JSON")
    .action(async (flags: RetireFlags) => {
      const { task, all, json } = flags;
      if ((task === undefined) === (all === undefined)) throw new Error("name either --task ARN or --all");
      const at = timeOf(flags.at);
      const loaded = loadFromFlags(command);
      await requireEngine(loaded);
      const retired = await adminOf(loaded.config).retire({ taskArn: task, at });
      if (task !== undefined && !retired.length) throw new Error(`no task ${task} runs`);
      if (json) return sayJson({ tasks: retired });
      for (const { taskArn, at: time } of retired) say(`${taskArn} ${time}`);
      say(`${retired.length} ${retired.length === 1 ? "task retires" : "tasks retire"}.`);
    });
}

function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  if (text === "now") return new Date();
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new Error(`--at ${text} is not a time such as 2027-01-31T02:00:00Z`);
  if (time.getTime() < Date.now()) throw new Error(`--at ${text} has passed: say --at now`);
  return time;
}
