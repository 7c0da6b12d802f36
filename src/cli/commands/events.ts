import { Command } from "commander";
import type { AwsEvent } from "../../engine.ts";
import { eventText } from "../event-text.ts";
import { say } from "../output.ts";
import { adminOf, requireEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags, WHICH_ENGINE } from "../settings-options.ts";

interface EventsFlags {
  follow?: boolean;
  since?: string;
  detailType: string[];
  json?: true;
}

/** `neargate events`: what happens to tasks and services, as the events that EventBridge has of it. */
export function eventsCommand(): Command {
  const command = new Command("events").description(
    "show the events of tasks, services and deployments, as EventBridge has them; a day of them is kept",
  );
  return addSettings(command, WHICH_ENGINE)
    .option("--follow", "go on with new events as they come; only with those, unless --since says more")
    .option("--since <time>", "from then on: 90s, 10m, 2h, 1d ago, or a time such as 2027-01-31T02:00:00Z")
    .option(
      "--detail-type <type>",
      'only such events, such as "ECS Task State Change"; may be repeated',
      (type: string, types: string[]) => [...types, type],
      [],
    )
    .option("--json", "print JSON, one event a line")
    .action(async ({ follow = false, since, detailType, json }: EventsFlags) => {
      const from = since === undefined ? undefined : timeOf(since, Date.now());
      const loaded = loadFromFlags(command);
      await requireEngine(loaded);
      const print = json ? (event: AwsEvent) => say(JSON.stringify(event)) : (event: AwsEvent) => say(eventText(event));
      const options = { follow, since: from, ...(detailType.length ? { detailTypes: detailType } : {}) };
      for await (const event of adminOf(loaded.config).events(options)) print(event);
    });
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(text: string, now: number): Date {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const time = count === undefined ? new Date(text) : new Date(now - Number(count) * UNITS[unit as keyof typeof UNITS]);
  if (Number.isNaN(time.getTime()))
    throw new Error(`--since ${text} is neither like 10m nor a time such as 2027-01-31T02:00:00Z`);
  return time;
}
