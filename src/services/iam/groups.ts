import type { Scope } from "../../base/scope.ts";
import { groupNotFound } from "./errors.ts";
import type { Iam } from "./iam.ts";
import { iamKey, nameKey } from "./store.ts";
import type { GroupRecord, UserRecord } from "./user-records.ts";

/** @throws AwsError NoSuchEntity */
export async function existingGroup(iam: Iam, scope: Pick<Scope, "account">, name: string): Promise<GroupRecord> {
  const found = await iam.records.groups.get(iamKey(scope), nameKey(name));
  if (!found) throw groupNotFound(name);
  return found;
}

/**
 * Changes a group, whole or not at all.
 * @throws AwsError NoSuchEntity, and what `change` throws
 */
export async function changeGroup(
  iam: Iam,
  scope: Pick<Scope, "account">,
  name: string,
  change: (now: GroupRecord) => GroupRecord,
): Promise<GroupRecord> {
  const changed = await iam.records.groups.update(iamKey(scope), nameKey(name), change);
  if (!changed) throw groupNotFound(name);
  return changed;
}

/** The groups that a user is in, by name. */
export async function groupsOf(iam: Iam, scope: Pick<Scope, "account">, userId: string): Promise<GroupRecord[]> {
  const key = iamKey(scope);
  const memberships = await iam.records.memberships.list(key, { where: { userId } });
  if (!memberships.length) return [];
  return await iam.records.groups.list(key, { where: { groupId: memberships.map(({ groupId }) => groupId) } });
}

/** The users in a group, by name. */
export async function membersOf(iam: Iam, scope: Pick<Scope, "account">, groupId: string): Promise<UserRecord[]> {
  const key = iamKey(scope);
  const memberships = await iam.records.memberships.list(key, { where: { groupId } });
  if (!memberships.length) return [];
  return await iam.records.users.list(key, { where: { userId: memberships.map(({ userId }) => userId) } });
}

export function membershipId(groupId: string, userId: string): string {
  return `${groupId} ${userId}`;
}
