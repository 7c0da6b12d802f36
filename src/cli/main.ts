import { Command } from "commander";
import { errnoOf, messageOf } from "../base/errors.ts";
import { VERSION } from "../version.ts";
import { configureCommand } from "./commands/configure.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { downCommand } from "./commands/down.ts";
import { envCommand } from "./commands/env.ts";
import { eventsCommand } from "./commands/events.ts";
import { interruptCommand } from "./commands/interrupt.ts";
import { keyCommand } from "./commands/key.ts";
import { masterKeyCommand } from "./commands/master-key.ts";
import { pullCommand } from "./commands/pull.ts";
import { retireCommand } from "./commands/retire.ts";
import { statusCommand } from "./commands/status.ts";
import { upCommand } from "./commands/up.ts";
import { userCommand } from "./commands/user.ts";
import { versionCommand } from "./commands/version.ts";

const SETTINGS_HELP = `
Every setting is a flag, a variable (NEARGATE_DATA, NEARGATE_PORT, ...) or a member of neargate.json in the data folder
or of /etc/neargate.json ("publicPool" for --public-pool). The flag wins, then the variable, then the files.`;

/** The program `neargate`. Each command is made by its own file in commands/. */
export function program(): Command {
  const root = new Command("neargate")
    .description("AWS Fargate on machines you own")
    .version(VERSION, "-V, --version")
    .addHelpText("after", SETTINGS_HELP);
  const commands = [
    upCommand,
    downCommand,
    statusCommand,
    pullCommand,
    retireCommand,
    interruptCommand,
    eventsCommand,
    doctorCommand,
    envCommand,
    configureCommand,
    userCommand,
    keyCommand,
    masterKeyCommand,
    demoCommand,
    versionCommand,
  ];
  for (const make of commands) root.addCommand(make());
  return root;
}

if (import.meta.main) {
  // Whoever reads may stop reading, as `head` does: what is under way goes on unheard.
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (cause) => {
      if (errnoOf(cause) !== "EPIPE") throw cause;
    });
  try {
    await program().parseAsync();
  } catch (cause) {
    process.stderr.write(`neargate: ${messageOf(cause)}\n`);
    process.exitCode = 1;
  }
}
