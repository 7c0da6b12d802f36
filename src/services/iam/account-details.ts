import type {
  EntityType,
  GetAccountAuthorizationDetailsResponse,
  GroupDetail,
  ManagedPolicyDetail,
  PolicyDetail,
  RoleDetail,
  UserDetail,
} from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import { attachedPolicies } from "./attachments.ts";
import { groupsOf } from "./groups.ts";
import type { Iam } from "./iam.ts";
import { inlinePolicyNames } from "./inline-policies.ts";
import { instanceProfileView } from "./instance-profiles.ts";
import { findPolicy } from "./managed-policies.ts";
import { page, type Paging } from "./page.ts";
import { allUses, type PolicyUses, UNUSED } from "./policy-uses.ts";
import { policyView, versionView } from "./policy-views.ts";
import type { PolicyHolder, PolicyRecord, RoleRecord } from "./records.ts";
import { iamKey, nameKey } from "./store.ts";
import { sortedTags } from "./tags.ts";
import type { UserRecord } from "./user-records.ts";
import { groupView, userView } from "./user-views.ts";
import { boundaryView, encodedDocument, newRoleView, roleLastUsed } from "./views.ts";

type Account = Pick<Scope, "account">;
type Details = GetAccountAuthorizationDetailsResponse;

/** One of the things that are told of, and how: looked at only when it is on the page. */
interface Entry {
  kind: EntityType;
  name: string;
  addTo(details: Details): Promise<void>;
}

/**
 * All users, groups, roles and policies of an account with what they are allowed, a page of them. Of AWS's own policies
 * those that are used.
 */
export async function accountDetails(
  iam: Iam,
  scope: Account,
  filter: readonly EntityType[] | undefined,
  paging: Paging,
): Promise<Details> {
  const entries = (await allEntries(iam, scope)).filter(({ kind }) => !filter?.length || filter.includes(kind));
  const placeOf = ({ kind, name }: Entry) => `${kind} ${name}`;
  const sorted = entries.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  const shown = page(sorted, paging, "account-details", placeOf);
  const details: Details = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] };
  for (const entry of shown.items) await entry.addTo(details);
  return { ...details, ...shown.paging };
}

async function allEntries(iam: Iam, scope: Account): Promise<Entry[]> {
  const { users, groups, roles, policies } = iam.records;
  const key = iamKey(scope);
  const uses = await allUses(iam, scope);
  const used = await Promise.all([...uses.keys()].map((arn) => findPolicy(iam, scope, arn)));
  const own = await policies.list(key);
  const ownArns = new Set(own.map(({ arn }) => arn));
  const others = used.filter((policy) => policy !== undefined).filter(({ arn }) => !ownArns.has(arn));
  const policyEntry = (kind: EntityType) => (policy: PolicyRecord) => ({
    kind,
    name: nameKey(policy.name),
    addTo: async ({ Policies }: Details) => void Policies!.push(policyDetail(policy, uses.get(policy.arn) ?? UNUSED)),
  });
  return [
    ...(await users.list(key)).map((user) => ({
      kind: "User" as const,
      name: nameKey(user.name),
      addTo: async ({ UserDetailList }: Details) => void UserDetailList!.push(await userDetail(iam, scope, user)),
    })),
    ...(await groups.list(key)).map((group) => ({
      kind: "Group" as const,
      name: nameKey(group.name),
      addTo: async ({ GroupDetailList }: Details) => void GroupDetailList!.push(await groupDetail(iam, scope, group)),
    })),
    ...(await roles.list(key)).map((role) => ({
      kind: "Role" as const,
      name: nameKey(role.name),
      addTo: async ({ RoleDetailList }: Details) => void RoleDetailList!.push(await roleDetail(iam, scope, role)),
    })),
    ...own.map(policyEntry("LocalManagedPolicy")),
    ...others.map(policyEntry("AWSManagedPolicy")),
  ];
}

async function userDetail(iam: Iam, scope: Account, user: UserRecord): Promise<UserDetail> {
  const groups = await groupsOf(iam, scope, user.id);
  const inline = inlineDetails(user);
  return {
    ...userView(user),
    ...(inline.length ? { UserPolicyList: inline } : {}),
    GroupList: groups.map(({ name }) => name),
    AttachedManagedPolicies: await attachedPolicies(iam, scope, user.id),
    ...boundaryView(user.boundary),
    Tags: sortedTags(user.tags),
  };
}

async function groupDetail(iam: Iam, scope: Account, group: PolicyHolder): Promise<GroupDetail> {
  return {
    ...groupView(group),
    GroupPolicyList: inlineDetails(group),
    AttachedManagedPolicies: await attachedPolicies(iam, scope, group.id),
  };
}

async function roleDetail(iam: Iam, scope: Account, role: RoleRecord): Promise<RoleDetail> {
  const where = { role: nameKey(role.name) };
  const profiles = await iam.records.instanceProfiles.list(iamKey(scope), { where });
  return {
    ...newRoleView(role),
    InstanceProfileList: await Promise.all(profiles.map((profile) => instanceProfileView(iam, scope, profile))),
    RolePolicyList: inlineDetails(role),
    AttachedManagedPolicies: await attachedPolicies(iam, scope, role.id),
    ...boundaryView(role.boundary),
    Tags: sortedTags(role.tags),
    ...(await roleLastUsed(iam, scope, role)),
  };
}

function policyDetail(policy: PolicyRecord, uses: PolicyUses): ManagedPolicyDetail {
  return {
    ...policyView(policy, uses),
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    PolicyVersionList: policy.versions.map((version) => ({
      ...versionView(policy, version),
      Document: encodedDocument(version.document),
    })),
  };
}

function inlineDetails(holder: PolicyHolder): PolicyDetail[] {
  return inlinePolicyNames(holder).map((name) => ({
    PolicyName: name,
    PolicyDocument: encodedDocument(holder.inlinePolicies[name]!),
  }));
}
