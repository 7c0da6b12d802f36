import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import { readSection, removeSection, sectionsOf, setInSection } from "./ini.ts";

/** What a profile needs to reach an engine. */
export interface ProfileSettings {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** What {@link ensureProfile} did; a foreign profile leads to another engine, or to AWS. */
export type ProfileOutcome = "written" | "unchanged" | "foreign";

/** The AWS CLI's two files, https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html */
export interface AwsFiles {
  config: string;
  credentials: string;
}

/** Whether the profile has keys and does not lead to this machine: then they are somebody's, and not written over. */
export function hasOtherKeys(files: AwsFiles, profile: string): boolean {
  const credentials = readSection(readOrEmpty(files.credentials), profile);
  const endpoint = readSection(readOrEmpty(files.config), configSection(profile))?.["endpoint_url"];
  const local = endpoint !== undefined && /^http:\/\/(127\.|localhost|\[::1\])/.test(endpoint);
  return credentials?.["aws_secret_access_key"] !== undefined && !local;
}

/** Whether the profile has keys and leads anywhere but to this endpoint. */
export function hasKeysElsewhere(files: AwsFiles, profile: string, endpoint: string): boolean {
  const credentials = readSection(readOrEmpty(files.credentials), profile);
  const config = readSection(readOrEmpty(files.config), configSection(profile));
  return credentials?.["aws_secret_access_key"] !== undefined && config?.["endpoint_url"] !== endpoint;
}

/** Where the AWS CLI of this environment reads its settings; `undefined` when there is no home folder to have them in. */
export function awsFiles(env: NodeJS.ProcessEnv): AwsFiles | undefined {
  const home = env["HOME"];
  const config = env["AWS_CONFIG_FILE"] || (home && join(home, ".aws/config"));
  const credentials = env["AWS_SHARED_CREDENTIALS_FILE"] || (home && join(home, ".aws/credentials"));
  return config && credentials ? { config, credentials } : undefined;
}

/** Writes or updates a profile and leaves everything else in the files as it is. Returns whether anything changed. */
export function writeProfile(files: AwsFiles, profile: string, settings: ProfileSettings): boolean {
  const config = updateFile(files.config, (text) =>
    setInSection(text, configSection(profile), {
      region: settings.region,
      endpoint_url: settings.endpoint,
      disable_host_prefix_injection: "true",
    }),
  );
  const credentials = updateFile(files.credentials, (text) =>
    setInSection(text, profile, {
      aws_access_key_id: settings.accessKeyId,
      aws_secret_access_key: settings.secretAccessKey,
    }),
  );
  return config || credentials;
}

/**
 * Writes the profile when there is none of that name, or when it leads to this engine with an old key or on an old port.
 * A profile that leads elsewhere is somebody's: it stays. Returns what was done.
 */
export function ensureProfile(files: AwsFiles, profile: string, settings: ProfileSettings): ProfileOutcome {
  const config = readSection(readOrEmpty(files.config), configSection(profile));
  const credentials = readSection(readOrEmpty(files.credentials), profile);
  const endpoint = config?.["endpoint_url"];
  // The engine's own key with another endpoint: it moved to another port.
  const isOurs = endpoint === settings.endpoint || credentials?.["aws_access_key_id"] === settings.accessKeyId;
  if ((config || credentials) && !isOurs) return "foreign";
  return writeProfile(files, profile, { ...settings, region: config?.["region"] ?? settings.region })
    ? "written"
    : "unchanged";
}

/** Whether a profile leads to this engine, with its key. */
export function leadsTo(files: AwsFiles, profile: string, target: Omit<ProfileSettings, "region">): boolean {
  const config = readSection(readOrEmpty(files.config), configSection(profile));
  const credentials = readSection(readOrEmpty(files.credentials), profile);
  return (
    config?.["endpoint_url"] === target.endpoint &&
    credentials?.["aws_access_key_id"] === target.accessKeyId &&
    credentials["aws_secret_access_key"] === target.secretAccessKey
  );
}

/** The names of all profiles that have a key. */
export function profilesWithKey(files: AwsFiles, accessKeyId: string): string[] {
  const credentials = readOrEmpty(files.credentials);
  return sectionsOf(credentials).filter(
    (profile) => readSection(credentials, profile)?.["aws_access_key_id"] === accessKeyId,
  );
}

/** Writes another key into a profile, which must be there, and nothing else. */
export function replaceKey(files: AwsFiles, profile: string, key: Omit<ProfileSettings, "endpoint" | "region">): void {
  updateFile(files.credentials, (text) =>
    setInSection(text, profile, {
      aws_access_key_id: key.accessKeyId,
      aws_secret_access_key: key.secretAccessKey,
    }),
  );
}

/** Takes a profile out of both files. */
export function removeProfile(files: AwsFiles, profile: string): void {
  updateFile(files.config, (text) => removeSection(text, configSection(profile)));
  updateFile(files.credentials, (text) => removeSection(text, profile));
}

/** The configuration file says `[profile NAME]` for all but the default profile, the credentials file `[NAME]`. */
function configSection(profile: string): string {
  return profile === "default" ? profile : `profile ${profile}`;
}

function updateFile(path: string, change: (text: string) => string): boolean {
  const before = readOrEmpty(path);
  const after = change(before);
  if (after === before) return false;
  // The file behind a symbolic link is replaced, not the link, and keeps its owner: root may write for a user.
  const target = existsSync(path) ? realpathSync(path) : path;
  const folder = dirname(target);
  const owner = statSync(existsSync(target) ? target : nearestExisting(folder));
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) && process.getuid?.() === 0)
    chownSync(folder, owner.uid, owner.gid);
  writeFileAtomic(target, after, existsSync(target) ? owner.mode & 0o777 : 0o600);
  if (process.getuid?.() === 0) chownSync(target, owner.uid, owner.gid);
  return true;
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return "";
    throw cause;
  }
}
