import type { Scope } from "../../base/scope.ts";
import type { RequestContext } from "../../wire/context.ts";
import { userNotFound, validationError } from "./errors.ts";
import type { Iam } from "./iam.ts";
import { iamKey, nameKey } from "./store.ts";
import type { UserRecord } from "./user-records.ts";

/** @throws AwsError NoSuchEntity */
export async function existingUser(iam: Iam, scope: Pick<Scope, "account">, name: string): Promise<UserRecord> {
  const found = await iam.records.users.get(iamKey(scope), nameKey(name));
  if (!found) throw userNotFound(name);
  return found;
}

/**
 * Changes a user, whole or not at all.
 * @throws AwsError NoSuchEntity, and what `change` throws
 */
export async function changeUser(
  iam: Iam,
  scope: Pick<Scope, "account">,
  name: string,
  change: (now: UserRecord) => UserRecord,
): Promise<UserRecord> {
  const changed = await iam.records.users.update(iamKey(scope), nameKey(name), change);
  if (!changed) throw userNotFound(name);
  return changed;
}

export async function userById(
  iam: Iam,
  scope: Pick<Scope, "account">,
  userId: string,
): Promise<UserRecord | undefined> {
  return (await iam.records.users.list(iamKey(scope), { where: { userId }, limit: 1 }))[0];
}

/**
 * The user that a request is about: the caller where it names none.
 * @throws AwsError ValidationError when the caller is none either
 */
export function userNameOf(name: string | undefined, { principal }: Pick<RequestContext, "principal">): string {
  if (name !== undefined) return name;
  if (principal.type !== "User") throw validationError("Must specify userName when calling with non-User credentials");
  return principal.userName;
}
