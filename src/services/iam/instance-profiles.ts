import type { CreateInstanceProfileRequest, InstanceProfile } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import { iamArn } from "./arns.ts";
import { entityAlreadyExists, instanceProfileNotFound, quotaExceeded } from "./errors.ts";
import { newId } from "./ids.ts";
import type { Iam } from "./iam.ts";
import { page, type Paging } from "./page.ts";
import type { InstanceProfileRecord } from "./records.ts";
import { iamKey, nameKey } from "./store.ts";
import { newTags } from "./tags.ts";
import { roleView } from "./views.ts";

const MAX_PROFILES = 1000;

/** @throws AwsError NoSuchEntity */
export async function existingInstanceProfile(iam: Iam, scope: Scope, name: string): Promise<InstanceProfileRecord> {
  const found = await iam.records.instanceProfiles.get(iamKey(scope), nameKey(name));
  if (!found) throw instanceProfileNotFound(name);
  return found;
}

/** @throws AwsError EntityAlreadyExists, LimitExceeded, InvalidInput */
export async function newInstanceProfile(
  iam: Iam,
  scope: Scope,
  { InstanceProfileName: name, Path: path = "/", Tags }: CreateInstanceProfileRequest,
): Promise<InstanceProfileRecord> {
  const { instanceProfiles } = iam.records;
  const key = iamKey(scope);
  const profile: InstanceProfileRecord = {
    id: newId(iam.ids, "AIPA"),
    name: name!,
    path,
    arn: iamArn(scope.account, "instance-profile", path, name!),
    createdAt: iam.now(),
    tags: newTags(Tags),
  };
  await iam.store.transaction(async () => {
    if (await instanceProfiles.get(key, nameKey(profile.name)))
      throw entityAlreadyExists(`Instance Profile ${profile.name} already exists.`);
    if ((await instanceProfiles.count(key)) >= MAX_PROFILES)
      throw quotaExceeded("InstanceProfilesPerAccount", MAX_PROFILES);
    await instanceProfiles.insert(key, nameKey(profile.name), profile);
  });
  return profile;
}

/**
 * Changes an instance profile, whole or not at all.
 * @throws AwsError NoSuchEntity, and what `change` throws
 */
export async function changeInstanceProfile(
  iam: Iam,
  scope: Scope,
  name: string,
  change: (now: InstanceProfileRecord) => InstanceProfileRecord,
): Promise<void> {
  const changed = await iam.records.instanceProfiles.update(iamKey(scope), nameKey(name), change);
  if (!changed) throw instanceProfileNotFound(name);
}

/** An instance profile with its role, without its tags. */
export async function instanceProfileView(
  iam: Iam,
  scope: Pick<Scope, "account">,
  profile: InstanceProfileRecord,
): Promise<InstanceProfile> {
  const { roleName } = profile;
  const role = roleName === undefined ? undefined : await iam.records.roles.get(iamKey(scope), nameKey(roleName));
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: profile.createdAt,
    Roles: role ? [roleView(role)] : [],
  };
}

/** The answer of the operations that list instance profiles. @throws AwsError ValidationError for a bad marker */
export async function instanceProfilePage(
  iam: Iam,
  scope: Scope,
  profiles: readonly InstanceProfileRecord[],
  input: Paging,
): Promise<{ InstanceProfiles: InstanceProfile[]; IsTruncated: boolean; Marker?: string }> {
  const { items, paging } = page(profiles, input, "instance-profiles", ({ name }) => nameKey(name));
  const shown = await Promise.all(items.map((profile) => instanceProfileView(iam, scope, profile)));
  return { InstanceProfiles: shown, ...paging };
}
