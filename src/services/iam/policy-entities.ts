import type { ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import type { Iam } from "./iam.ts";
import { existingPolicy } from "./managed-policies.ts";
import { page } from "./page.ts";
import type { HolderKind, PolicyHolder } from "./records.ts";
import { iamKey, nameKey } from "./store.ts";

interface Entity {
  kind: HolderKind;
  holder: PolicyHolder;
}

/**
 * The users, groups and roles that have a managed policy, attached or as their permissions boundary.
 * @throws AwsError NoSuchEntity, InvalidInput, ValidationError
 */
export async function entityPage(
  iam: Iam,
  scope: Scope,
  input: ListEntitiesForPolicyRequest,
): Promise<ListEntitiesForPolicyResponse> {
  const { EntityFilter, PathPrefix = "/" } = input;
  const { arn } = await existingPolicy(iam, scope, input.PolicyArn!);
  const entities = (await entitiesOf(iam, scope, arn, input.PolicyUsageFilter))
    .filter(({ kind }) => EntityFilter === undefined || EntityFilter.toLowerCase() === kind)
    .filter(({ holder }) => holder.path.startsWith(PathPrefix));
  const sorted = entities.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const { items, paging } = page(sorted, input, "policy-entities", placeOf);
  const of = (kind: HolderKind) => items.filter((entity) => entity.kind === kind).map(({ holder }) => holder);
  return {
    PolicyGroups: of("group").map(({ name, id }) => ({ GroupName: name, GroupId: id })),
    PolicyUsers: of("user").map(({ name, id }) => ({ UserName: name, UserId: id })),
    PolicyRoles: of("role").map(({ name, id }) => ({ RoleName: name, RoleId: id })),
    ...paging,
  };
}

/** The users, groups and roles that a managed policy is attached to. */
export async function attachedEntities(iam: Iam, scope: Pick<Scope, "account">, policyArn: string): Promise<Entity[]> {
  return await entitiesOf(iam, scope, policyArn, "PermissionsPolicy");
}

async function entitiesOf(
  iam: Iam,
  scope: Pick<Scope, "account">,
  policyArn: string,
  usage: ListEntitiesForPolicyRequest["PolicyUsageFilter"],
): Promise<Entity[]> {
  const { attachments, users, groups, roles } = iam.records;
  const key = iamKey(scope);
  const attached = usage === "PermissionsBoundary" ? [] : await attachments.list(key, { where: { policyArn } });
  const ids = (kind: HolderKind) =>
    attached.filter(({ holderKind }) => holderKind === kind).map(({ holderId }) => holderId);
  const boundary = usage === "PermissionsPolicy" ? [] : [policyArn];
  const found = [
    ...tagged("user", await users.list(key, { where: { userId: ids("user") } })),
    ...tagged("user", await users.list(key, { where: { boundary } })),
    ...tagged("group", await groups.list(key, { where: { groupId: ids("group") } })),
    ...tagged("role", await roles.list(key, { where: { roleId: ids("role") } })),
    ...tagged("role", await roles.list(key, { where: { boundary } })),
  ];
  return [...new Map(found.map((entity) => [entity.holder.id, entity])).values()];
}

function tagged(kind: HolderKind, holders: readonly PolicyHolder[]): Entity[] {
  return holders.map((holder) => ({ kind, holder }));
}

function placeOf({ kind, holder }: Entity): string {
  return `${kind} ${nameKey(holder.name)}`;
}
