import type { CreateRoleRequest } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import { iamArn } from "./arns.ts";
import { checkBoundary } from "./boundaries.ts";
import { alreadyExists, protectedRole, quotaExceeded, roleNotFound } from "./errors.ts";
import { newId } from "./ids.ts";
import type { Iam } from "./iam.ts";
import type { RoleRecord } from "./records.ts";
import { iamKey, nameKey } from "./store.ts";
import { newTags } from "./tags.ts";
import { checkTrustPolicy } from "./trust-policies.ts";

const DEFAULT_SESSION_SECONDS = 3600;
const MAX_ROLES = 1000;

/** @throws AwsError NoSuchEntity */
export async function existingRole(iam: Iam, scope: Pick<Scope, "account">, name: string): Promise<RoleRecord> {
  const found = await iam.records.roles.get(iamKey(scope), nameKey(name));
  if (!found) throw roleNotFound(name);
  return found;
}

/** A role that is not its service's alone to change. @throws AwsError NoSuchEntity, UnmodifiableEntity */
export async function ownRole(iam: Iam, scope: Pick<Scope, "account">, name: string): Promise<RoleRecord> {
  return unlinked(await existingRole(iam, scope, name));
}

/** @throws AwsError UnmodifiableEntity for a service-linked role */
export function unlinked(role: RoleRecord): RoleRecord {
  if (role.linkedService !== undefined) throw protectedRole(role.name);
  return role;
}

/**
 * Changes a role, whole or not at all.
 * @throws AwsError NoSuchEntity, and what `change` throws
 */
export async function changeRole(
  iam: Iam,
  scope: Pick<Scope, "account">,
  name: string,
  change: (now: RoleRecord) => RoleRecord,
): Promise<RoleRecord> {
  const changed = await iam.records.roles.update(iamKey(scope), nameKey(name), change);
  if (!changed) throw roleNotFound(name);
  return changed;
}

/** @throws AwsError EntityAlreadyExists, LimitExceeded, MalformedPolicyDocument, NoSuchEntity for its boundary */
export async function newRole(iam: Iam, scope: Pick<Scope, "account">, input: CreateRoleRequest): Promise<RoleRecord> {
  const { RoleName: name, Path: path = "/", PermissionsBoundary: boundary } = input;
  const role: RoleRecord = {
    id: newId(iam.ids, "AROA"),
    name: name!,
    path,
    arn: iamArn(scope.account, "role", path, name!),
    createdAt: iam.now(),
    trustPolicy: input.AssumeRolePolicyDocument!,
    ...(input.Description ? { description: input.Description } : {}),
    maxSessionDuration: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
    ...(boundary === undefined ? {} : { boundary }),
    tags: newTags(input.Tags),
    inlinePolicies: {},
  };
  await iam.store.transaction(async () => {
    await checkTrustPolicy(iam, scope, role.trustPolicy);
    if (boundary !== undefined) await checkBoundary(iam, scope, boundary);
    await insertRole(iam, scope, role);
  });
  return role;
}

/** @throws AwsError EntityAlreadyExists, LimitExceeded */
export async function insertRole(iam: Iam, scope: Pick<Scope, "account">, role: RoleRecord): Promise<void> {
  const { roles } = iam.records;
  const key = iamKey(scope);
  if (await roles.get(key, nameKey(role.name))) throw alreadyExists("Role", role.name);
  if ((await roles.count(key)) >= MAX_ROLES) throw quotaExceeded("RolesPerAccount", MAX_ROLES);
  await roles.insert(key, nameKey(role.name), role);
}

/** The roles of an account below a path, by name. */
export async function rolesBelow(iam: Iam, scope: Pick<Scope, "account">, prefix = "/"): Promise<RoleRecord[]> {
  return (await iam.records.roles.list(iamKey(scope))).filter(({ path }) => path.startsWith(prefix));
}
