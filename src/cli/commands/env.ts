import { Command } from "commander";
import { say, sayJson } from "../output.ts";
import { requireEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags, WHICH_ENGINE } from "../settings-options.ts";

/** `neargate env`: the variables that lead AWS tools to the engine, for `eval "$(neargate env)"`. */
export function envCommand(): Command {
  const command = new Command("env").description('print export lines for AWS tools: eval "$(neargate env)"');
  return addSettings(command, WHICH_ENGINE)
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const { status, key } = await requireEngine(loadFromFlags(command));
      const variables = {
        AWS_ENDPOINT_URL: status.endpoint,
        AWS_REGION: status.region,
        AWS_DEFAULT_REGION: status.region,
        AWS_ACCESS_KEY_ID: key.accessKeyId,
        AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
        // DiscoverInstances would go to data-127.0.0.1 otherwise.
        AWS_DISABLE_HOST_PREFIX_INJECTION: "true",
      };
      if (json) return sayJson(variables);
      say("unset AWS_PROFILE AWS_SESSION_TOKEN"); // they would come with these keys, or before them
      for (const [name, value] of Object.entries(variables)) say(`export ${name}=${quoted(value)}`);
    });
}

/** For a POSIX shell. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
