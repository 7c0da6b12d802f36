import type { Scope } from "../../base/scope.ts";
import { type Collection, DuplicateError } from "../../store/collection.ts";
import { iamArn } from "./arns.ts";
import { alreadyExists, quotaExceeded } from "./errors.ts";
import { iamKey, nameKey } from "./store.ts";
import { USER_QUOTAS } from "./user-quotas.ts";

/* What users and groups have in common: names that are unique whatever their case, and that may change. */

interface Named {
  name: string;
  path: string;
  arn: string;
}

type Kind = "User" | "Group";

/** To be called in a transaction. @throws AwsError EntityAlreadyExists, LimitExceeded */
export async function insertNamed<T extends Named>(
  collection: Collection<T, string>,
  scope: Pick<Scope, "account">,
  kind: Kind,
  entity: T,
): Promise<void> {
  const key = iamKey(scope);
  const quota = `${kind}sPerAccount` as const;
  if ((await collection.count(key)) >= USER_QUOTAS[quota]) throw quotaExceeded(quota, USER_QUOTAS[quota]);
  await collection.insert(key, nameKey(entity.name), entity).catch((cause: unknown) => {
    throw cause instanceof DuplicateError ? alreadyExists(kind, entity.name) : cause;
  });
}

/** Gives another name or path; to be called in a transaction. @throws AwsError EntityAlreadyExists */
export async function renameNamed<T extends Named>(
  collection: Collection<T, string>,
  scope: Pick<Scope, "account">,
  kind: Kind,
  entity: T,
  { name = entity.name, path = entity.path }: { name: string | undefined; path: string | undefined },
): Promise<T> {
  const key = iamKey(scope);
  const changed = { ...entity, name, path, arn: iamArn(scope.account, kind === "User" ? "user" : "group", path, name) };
  if (nameKey(name) !== nameKey(entity.name)) {
    if (await collection.get(key, nameKey(name))) throw alreadyExists(kind, name);
    await collection.delete(key, nameKey(entity.name));
  }
  await collection.put(key, nameKey(name), changed);
  return changed;
}
