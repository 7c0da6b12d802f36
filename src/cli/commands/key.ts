import { Command } from "commander";
import type { RootKey } from "../../engine.ts";
import type { Config } from "../../config.ts";
import { awsFiles, profilesWithKey } from "../aws-profile.ts";
import {
  keepKey,
  keyHome,
  keysOf,
  newKey,
  rootIam,
  signerOf,
  userProfile,
  type KeyHome,
  type Reach,
} from "../identities.ts";
import { say, sayJson } from "../output.ts";
import { adminOf, requireEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags, WHICH_ENGINE } from "../settings-options.ts";

interface RotateFlags {
  user?: string;
  root?: true;
  profile: boolean;
  json?: true;
}

/** A key that took the place of another. */
interface Rotated {
  /** `root`, or the user's name. */
  whose: string;
  /** Whether the engine shows the key again. */
  isRoot: boolean;
  old: string | undefined;
  key: RootKey;
}

/** `neargate key`: the access keys of users and of the root user. */
export function keyCommand(): Command {
  const command = new Command("key")
    .description("replace the access key of a user, or of the root user")
    .configureHelp({ showGlobalOptions: true });
  addSettings(command, WHICH_ENGINE);
  command
    .command("rotate")
    .description(
      "make a new key, write it to the AWS profiles that have the old one or show it, and delete the old one",
    )
    .option("--user <name>", "an IAM user's key")
    .option("--root", "the root user's key: the engine refuses the old one at once")
    .option("--no-profile", "write no profile, and show the secret key instead")
    .option("--json", "print JSON")
    .action(async (flags: RotateFlags) => {
      if ((flags.user === undefined) === (flags.root === undefined))
        throw new Error("name either --user NAME or --root");
      const loaded = loadFromFlags(command);
      const reach = await requireEngine(loaded);
      if (flags.user === undefined) await rotateRoot(reach, loaded.config, flags);
      else await rotateUser(reach, flags.user, flags);
    });
  return command;
}

async function rotateRoot(reach: Reach, config: Config, flags: RotateFlags): Promise<void> {
  const old = reach.key.accessKeyId;
  const home = flags.profile ? keyHome(reach, "neargate", old) : undefined;
  const key = await adminOf(config).rotateRootKey();
  tell({ whose: "root", isRoot: true, old, key }, home && keepKey(reach, home, key), flags);
  if (!flags.json && !home) say('Next: "npx neargate configure" writes it to a profile.');
  if (!flags.json)
    say('The old key is refused from now on. Shells that have it need eval "$(npx neargate env)" again.');
}

async function rotateUser(reach: Reach, userName: string, flags: RotateFlags): Promise<void> {
  const iam = await rootIam(reach);
  const [old, second] = await keysOf(iam, userName);
  if (old && second)
    throw new Error(
      `${userName} has two keys, ${old.AccessKeyId} and ${second.AccessKeyId}, and no user can have three: delete one with "aws iam delete-access-key" first`,
    );
  const home = flags.profile ? successorHome(reach, userName, old?.AccessKeyId) : undefined;
  const key = await newKey(iam, userName);
  let profiles: string[] | undefined;
  try {
    await signerOf(reach, key);
    profiles = home && keepKey(reach, home, key);
  } catch (cause) {
    await iam.deleteAccessKey({ UserName: userName, AccessKeyId: key.accessKeyId });
    throw cause;
  }
  if (old) {
    const which = { UserName: userName, AccessKeyId: old.AccessKeyId! };
    await iam.updateAccessKey({ ...which, Status: "Inactive" });
    await iam.deleteAccessKey(which);
  }
  tell({ whose: userName, isRoot: false, old: old?.AccessKeyId, key }, profiles, flags);
}

/** Where a user's new key goes: nowhere, but onto the screen, if no profile had the old one. */
function successorHome(reach: Reach, userName: string, old: string | undefined): KeyHome | undefined {
  const files = awsFiles(process.env);
  if (old !== undefined && files && !profilesWithKey(files, old).length) return undefined;
  return keyHome(reach, userProfile(userName), old);
}

function tell({ whose, isRoot, old, key }: Rotated, profiles: string[] | undefined, { json }: RotateFlags): void {
  if (json) {
    const made = { UserName: whose, AccessKeyId: key.accessKeyId, Replaced: old };
    return sayJson(profiles ? { ...made, Profiles: profiles } : { ...made, SecretAccessKey: key.secretAccessKey });
  }
  say(old === undefined ? `${whose} had no key.` : `The key ${old} of ${whose} is deleted.`);
  if (profiles) return say(`Wrote the new one, ${key.accessKeyId}, to profile ${profiles.join(", ")}.`);
  say(isRoot ? "The new one:" : "The new one, which is never shown again:");
  say(`  AWS_ACCESS_KEY_ID=${key.accessKeyId}`);
  say(`  AWS_SECRET_ACCESS_KEY=${key.secretAccessKey}`);
}
