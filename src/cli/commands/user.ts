import type { IAM } from "@aws-sdk/client-iam";
import { Command } from "commander";
import type { RootKey } from "../../engine.ts";
import { profilesWithKey, awsFiles, removeProfile } from "../aws-profile.ts";
import {
  deleteWholeUser,
  keepKey,
  keyHome,
  keysOf,
  newKey,
  rootIam,
  userProfile,
  type KeyHome,
  type Reach,
} from "../identities.ts";
import { say, sayJson } from "../output.ts";
import { requireEngine } from "../running-engine.ts";
import { addSettings, loadFromFlags, WHICH_ENGINE } from "../settings-options.ts";

interface CreateFlags {
  policy?: string[];
  group?: string[];
  profile: boolean;
  json?: true;
}

/** `neargate user`: the IAM users of an engine, with a key and an AWS profile for each. */
export function userCommand(): Command {
  const command = new Command("user")
    .description("create, list and delete IAM users, each with a key and an AWS profile")
    .configureHelp({ showGlobalOptions: true });
  addSettings(command, WHICH_ENGINE);
  const reach = () => requireEngine(loadFromFlags(command));
  const each = (text: string, before: string[] = []) => [...before, text];

  command
    .command("create")
    .description("create a user with an access key, and the AWS profile neargate-NAME that has it")
    .argument("<name>", "letters, digits and +=,.@-_")
    .option("--policy <arn>", "attach a managed policy; as often as wanted", each)
    .option("--group <name>", "put the user into a group; as often as wanted", each)
    .option("--no-profile", "write no profile, and show the secret key instead")
    .option("--json", "print JSON")
    .action(async (name: string, flags: CreateFlags) => create(await reach(), name, flags));

  command
    .command("list")
    .description("list the users and their keys")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => list(await reach(), json ?? false));

  command
    .command("delete")
    .description("delete a user with its keys, password, policies and memberships, and the profiles that have its keys")
    .argument("<name>")
    .option("--json", "print JSON")
    .action(async (name: string, { json }: { json?: true }) => remove(await reach(), name, json ?? false));

  return command;
}

async function create(reach: Reach, UserName: string, flags: CreateFlags): Promise<void> {
  const home = flags.profile ? keyHome(reach, userProfile(UserName)) : undefined;
  const iam = await rootIam(reach);
  const { User } = await iam.createUser({ UserName });
  const key = await furnish(reach, iam, UserName, flags, home).catch(async (cause: unknown) => {
    await deleteWholeUser(iam, UserName); // what is half made would only be in the way of the next attempt
    throw cause;
  });
  const made = { UserName, Arn: User!.Arn!, AccessKeyId: key.accessKeyId };
  if (flags.json)
    sayJson(home ? { ...made, Profile: home.profile } : { ...made, SecretAccessKey: key.secretAccessKey });
  else describe(reach, made, key.secretAccessKey, home, flags.policy !== undefined || flags.group !== undefined);
}

/** Gives a new user what was asked for, and a key. */
async function furnish(
  reach: Reach,
  iam: IAM,
  UserName: string,
  { policy = [], group = [] }: CreateFlags,
  home: KeyHome | undefined,
): Promise<RootKey> {
  for (const PolicyArn of policy) await iam.attachUserPolicy({ UserName, PolicyArn });
  for (const GroupName of group) await iam.addUserToGroup({ UserName, GroupName });
  const key = await newKey(iam, UserName);
  if (home) keepKey(reach, home, key);
  return key;
}

function describe(
  { status }: Reach,
  made: { UserName: string; Arn: string; AccessKeyId: string },
  secret: string,
  home: KeyHome | undefined,
  mayAnything: boolean,
): void {
  say(`Created user ${made.UserName} (${made.Arn}).`);
  if (home) {
    say(
      `Wrote its key ${made.AccessKeyId} to profile ${home.profile} (${home.files.config}, ${home.files.credentials}).`,
    );
    say(`Next: AWS_PROFILE=${home.profile} aws sts get-caller-identity`);
  } else {
    say("Its key, which is never shown again:");
    say(`  AWS_ACCESS_KEY_ID=${made.AccessKeyId}`);
    say(`  AWS_SECRET_ACCESS_KEY=${secret}`);
  }
  if (!status.auth) say("This engine checks no signatures and no policies (--auth off): everybody may do everything.");
  else if (!mayAnything) {
    say("It may do nothing yet. A policy that lets it, such as:");
    say(
      `  AWS_PROFILE=neargate aws iam attach-user-policy --user-name ${made.UserName} --policy-arn arn:aws:iam::aws:policy/AmazonECS_FullAccess`,
    );
  }
}

async function list(reach: Reach, json: boolean): Promise<void> {
  const iam = await rootIam(reach);
  const { paginateListUsers } = await import("@aws-sdk/client-iam");
  const users = [];
  for await (const page of paginateListUsers({ client: iam }, {}))
    for (const { UserName, Arn, CreateDate } of page.Users ?? []) {
      const keys = await keysOf(iam, UserName!);
      const AccessKeys = keys.map(({ AccessKeyId, Status }) => ({ AccessKeyId, Status }));
      users.push({ UserName: UserName!, Arn: Arn!, CreateDate: CreateDate!.toISOString(), AccessKeys });
    }
  if (json) return sayJson(users);
  if (!users.length) return say('There are no users: make one with "neargate user create NAME".');
  const width = Math.max(...users.map(({ UserName }) => UserName.length));
  for (const { UserName, CreateDate, AccessKeys } of users) {
    const keys = AccessKeys.map(({ AccessKeyId, Status }) =>
      Status === "Active" ? AccessKeyId : `${AccessKeyId} (inactive)`,
    );
    say(`${UserName.padEnd(width)}  ${CreateDate.slice(0, 10)}  ${keys.join(", ") || "no keys"}`);
  }
}

async function remove(reach: Reach, userName: string, json: boolean): Promise<void> {
  const iam = await rootIam(reach);
  const keys = await keysOf(iam, userName);
  await deleteWholeUser(iam, userName);
  const files = awsFiles(process.env);
  const profiles = files ? keys.flatMap(({ AccessKeyId }) => profilesWithKey(files, AccessKeyId!)) : [];
  for (const profile of profiles) removeProfile(files!, profile);
  if (json) return sayJson({ UserName: userName, Profiles: profiles });
  say(`Deleted user ${userName}.`);
  for (const profile of profiles) say(`Removed profile ${profile} (${files!.config}, ${files!.credentials}).`);
}
