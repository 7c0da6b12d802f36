import type { AccessKeyMetadata, IAM } from "@aws-sdk/client-iam";
import type { EngineStatus, RootKey } from "../engine.ts";
import { awsFiles, hasKeysElsewhere, profilesWithKey, replaceKey, writeProfile, type AwsFiles } from "./aws-profile.ts";

/** An engine that runs, and the key of its root user. */
export interface Reach {
  status: EngineStatus;
  key: RootKey;
}

/** Where a key that a command makes is written. */
export interface KeyHome {
  files: AwsFiles;
  /** Those that have the key whose place it takes. */
  holders: string[];
  /** What is written when there are none. */
  profile: string;
}

/** The IAM of an engine, as its root user. */
export async function rootIam({ status, key }: Reach): Promise<IAM> {
  const sdk = await import("@aws-sdk/client-iam");
  return new sdk.IAM({ endpoint: status.endpoint, region: status.region, credentials: key });
}

/** The ARN of whoever has a key. @throws Error with the engine's words when it does not take the key */
export async function signerOf({ status }: Reach, key: RootKey): Promise<string> {
  const { STS } = await import("@aws-sdk/client-sts");
  const sts = new STS({ endpoint: status.endpoint, region: status.region, credentials: key });
  return (await sts.getCallerIdentity({})).Arn!;
}

/** The profile of a user. All that IAM takes for a name is good in a profile's. */
export function userProfile(userName: string): string {
  return `neargate-${userName}`;
}

/**
 * @param old the key whose place is taken
 * @throws Error when there is no home folder, or the profile has keys that lead elsewhere
 */
export function keyHome({ status }: Reach, profile: string, old?: string): KeyHome {
  const files = awsFiles(process.env);
  if (!files)
    throw new Error("HOME is not set, so there is nowhere to write the profile: see the key with --no-profile");
  const holders = old === undefined ? [] : profilesWithKey(files, old);
  if (!holders.length && hasKeysElsewhere(files, profile, status.endpoint))
    throw new Error(
      `profile ${profile} has keys that lead elsewhere, and they are never shown again: rename it, or see the new key with --no-profile`,
    );
  return { files, holders, profile };
}

/** Writes a key into the profiles that had the old one, else into a profile of its own. Returns which. */
export function keepKey({ status }: Reach, { files, holders, profile }: KeyHome, key: RootKey): string[] {
  for (const holder of holders) replaceKey(files, holder, key);
  if (holders.length) return holders;
  writeProfile(files, profile, { endpoint: status.endpoint, region: status.region, ...key });
  return [profile];
}

/** All access keys of a user, the oldest first. */
export async function keysOf(iam: IAM, UserName: string): Promise<AccessKeyMetadata[]> {
  const keys = (await iam.listAccessKeys({ UserName })).AccessKeyMetadata ?? [];
  return keys.toSorted((a, b) => a.CreateDate!.getTime() - b.CreateDate!.getTime());
}

/** @throws Error with IAM's words */
export async function newKey(iam: IAM, UserName: string): Promise<RootKey> {
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

/** Deletes a user with its keys, password, policies and memberships; may be repeated until it is done. */
export async function deleteWholeUser(iam: IAM, UserName: string): Promise<void> {
  await iam.getUser({ UserName });
  for (const { AccessKeyId } of await keysOf(iam, UserName)) await iam.deleteAccessKey({ UserName, AccessKeyId });
  await unlessAbsent(iam.deleteLoginProfile({ UserName }));
  const MaxItems = 1000;
  for (const { GroupName } of (await iam.listGroupsForUser({ UserName, MaxItems })).Groups ?? [])
    await iam.removeUserFromGroup({ UserName, GroupName });
  for (const { PolicyArn } of (await iam.listAttachedUserPolicies({ UserName, MaxItems })).AttachedPolicies ?? [])
    await iam.detachUserPolicy({ UserName, PolicyArn });
  for (const PolicyName of (await iam.listUserPolicies({ UserName, MaxItems })).PolicyNames ?? [])
    await iam.deleteUserPolicy({ UserName, PolicyName });
  await iam.deleteUser({ UserName });
}

async function unlessAbsent(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (cause) {
    if (!(cause instanceof Error && cause.name === "NoSuchEntityException")) throw cause;
  }
}
