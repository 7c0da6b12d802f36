import type { Scope } from "../../base/scope.ts";
import { parseScopeKey } from "../../base/scope.ts";
import type { UserKey } from "../../identity/directory.ts";
import { secretOf } from "./access-keys.ts";
import { groupsOf } from "./groups.ts";
import type { Held } from "./held-policies.ts";
import type { Iam } from "./iam.ts";
import { tagValues } from "../../wire/checks.ts";
import type { UserRecord } from "./user-records.ts";
import { userById } from "./users.ts";

/** What says what a user may do. */
export async function heldByUser(iam: Iam, scope: Pick<Scope, "account">, user: UserRecord): Promise<Held> {
  const groups = await groupsOf(iam, scope, user.id);
  return { holders: [user, ...groups], boundary: user.boundary, tags: tagValues(user.tags) };
}

/** A user's access key, of whichever account. */
export async function userKeyOf(iam: Iam, accessKeyId: string): Promise<UserKey | undefined> {
  const [found] = await iam.records.accessKeys.listAll({ where: { accessKeyId }, limit: 1 });
  if (!found) return undefined;
  const { account } = parseScopeKey(found.scope);
  const user = await userById(iam, { account }, found.document.userId);
  if (!user) return undefined;
  return {
    accessKeyId,
    secretAccessKey: secretOf(iam, found.document),
    active: found.document.status === "Active",
    userName: user.name,
    userArn: user.arn,
    userId: user.id,
    accountId: account,
  };
}
