import type { AttachedPermissionsBoundary, PermissionsBoundaryAttachmentType, Role } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import type { Iam } from "./iam.ts";
import type { RoleRecord } from "./records.ts";
import { iamKey } from "./store.ts";
import { sortedTags } from "./tags.ts";

/** A document as IAM answers it: percent-encoded after RFC 3986. */
export function encodedDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What AWS answers; its model lists `PermissionsBoundaryPolicy` alone. */
const BOUNDARY_TYPE = "Policy" as PermissionsBoundaryAttachmentType;

export function boundaryView(arn: string | undefined): { PermissionsBoundary?: AttachedPermissionsBoundary } {
  if (arn === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: BOUNDARY_TYPE, PermissionsBoundaryArn: arn } };
}

/** A role as lists and other resources show it. */
export function roleView(role: RoleRecord): Role {
  return {
    ...newRoleView(role),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionDuration,
  };
}

/** What the answer to its creation says of a role, beside its tags. */
export function newRoleView(role: RoleRecord): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encodedDocument(role.trustPolicy),
  };
}

/** A role with its boundary, tags and last use, as GetRole shows it. */
export async function roleDetail(iam: Iam, scope: Pick<Scope, "account">, role: RoleRecord): Promise<Role> {
  return {
    ...roleView(role),
    ...boundaryView(role.boundary),
    ...(role.tags.length ? { Tags: sortedTags(role.tags) } : {}),
    ...(await roleLastUsed(iam, scope, role)),
  };
}

/** Empty for a role that was never used. */
export async function roleLastUsed(
  iam: Iam,
  scope: Pick<Scope, "account">,
  role: RoleRecord,
): Promise<Pick<Role, "RoleLastUsed">> {
  const lastUse = await iam.lastUses.get(iamKey(scope), role.id);
  return { RoleLastUsed: lastUse ? { LastUsedDate: lastUse.at, Region: lastUse.region } : {} };
}
