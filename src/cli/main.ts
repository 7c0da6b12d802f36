import { Command } from "commander";
import { errnoOf, messageOf } from "../base/errors.ts";
import { VERSION } from "../version.ts";

const SETTINGS_HELP = `
Every setting is a flag, a variable (NEARGATE_DATA, NEARGATE_PORT, ...) or a member of neargate.json in the data folder
or of /etc/neargate.json ("publicPool" for --public-pool). The flag wins, then the variable, then the files.`;

/** Each command is made by its own file, which is read when it is asked for. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["up", async () => (await import("./commands/up.ts")).upCommand()],
  ["down", async () => (await import("./commands/down.ts")).downCommand()],
  ["status", async () => (await import("./commands/status.ts")).statusCommand()],
  ["pull", async () => (await import("./commands/pull.ts")).pullCommand()],
  ["retire", async () => (await import("./commands/retire.ts")).retireCommand()],
  ["interrupt", async () => (await import("./commands/interrupt.ts")).interruptCommand()],
  ["events", async () => (await import("./commands/events.ts")).eventsCommand()],
  ["doctor", async () => (await import("./commands/doctor.ts")).doctorCommand()],
  ["env", async () => (await import("./commands/env.ts")).envCommand()],
  ["configure", async () => (await import("./commands/configure.ts")).configureCommand()],
  ["user", async () => (await import("./commands/user.ts")).userCommand()],
  ["key", async () => (await import("./commands/key.ts")).keyCommand()],
  ["master-key", async () => (await import("./commands/master-key.ts")).masterKeyCommand()],
  ["demo", async () => (await import("./commands/demo.ts")).demoCommand()],
  ["version", async () => (await import("./commands/version.ts")).versionCommand()],
]);

/** The program `neargate` with the command that is asked for, or with all of them. */
async function program(asked = ""): Promise<Command> {
  const root = new Command("neargate")
    .description("AWS Fargate on machines you own")
    .version(VERSION, "-V, --version")
    .addHelpText("after", SETTINGS_HELP);
  const one = COMMANDS.get(asked);
  for (const make of one ? [one] : COMMANDS.values()) root.addCommand(await make());
  return root;
}

/** Runs what the process was told to; its failure is the exit code. */
export async function main(): Promise<void> {
  // Whoever reads may stop reading, as `head` does: what is under way goes on unheard.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (cause) => {
      if (errnoOf(cause) !== "EPIPE") throw cause;
    });
  try {
    await (await program(process.argv[2])).parseAsync();
  } catch (cause) {
    process.stderr.write(`neargate: ${messageOf(cause)}\n`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
