import { Command } from "commander";
import { awsFiles, hasOtherKeys, writeProfile } from "../aws-profile.ts";
import { say } from "../output.ts";
import { requireEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags, WHICH_ENGINE } from "../settings-options.ts";

/** `neargate configure`: writes the AWS profile that leads to the engine. */
export function configureCommand(): Command {
  const command = new Command("configure").description("write the AWS profile that leads to the engine");
  return addSettings(command, WHICH_ENGINE)
    .option("--profile <name>", "name of the profile", "neargate")
    .option("--force", "write over the keys of a profile that leads elsewhere")
    .action(async ({ profile, force }: { profile: string; force?: true }) => {
      if (!/^[\w.@+-]+$/.test(profile))
        throw new Error(`--profile must be letters, digits, or one of _.@+-, not "${profile}"`);
      const { status, key } = await requireEngine(loadFromFlags(command));
      const files = awsFiles(process.env);
      if (!files) throw new Error("HOME is not set, so there is nowhere to write the profile");
      if (!force && hasOtherKeys(files, profile))
        throw new Error(
          `profile ${profile} has keys that are not this machine's, and AWS never shows them again: choose another --profile, or write over them with --force`,
        );
      const changed = writeProfile(files, profile, { endpoint: status.endpoint, region: status.region, ...key });
      say(`${changed ? "Wrote" : "Nothing to change in"} profile ${profile} (${files.config}, ${files.credentials}).`);
      say(
        `AWS_PROFILE=${profile} leads to ${status.endpoint}. AWS CLI before 2.13 also needs --endpoint-url ${status.endpoint}.`,
      );
    });
}
