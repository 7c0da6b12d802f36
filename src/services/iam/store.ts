import type { Scope } from "../../base/scope.ts";
import { scopeKey } from "../../base/scope.ts";
import type { Store } from "../../store/store.ts";
import type {
  AttachmentRecord,
  DeletionRecord,
  InstanceProfileRecord,
  LastUseRecord,
  OidcProviderRecord,
  PolicyRecord,
  RoleRecord,
} from "./records.ts";
import { userCollections } from "./user-store.ts";

/** IAM is global: what it has belongs to an account, whichever Region is asked. */
export function iamKey({ account }: Pick<Scope, "account">): string {
  return scopeKey({ account, region: "aws-global" });
}

/** The collections of the IAM service. Ids that are names are in lower case, see {@link nameKey}. */
export function iamCollections(store: Store) {
  return {
    ...userCollections(store),
    /** By name. */
    roles: store.collection({
      name: "iam_role",
      columns: { roleId: "text", boundary: "text" },
      values: ({ id, boundary }: RoleRecord) => ({ roleId: id, boundary: boundary ?? null }),
    }),
    /** By name: names of policies are unique whatever their path. */
    policies: store.collection<PolicyRecord, never>({ name: "iam_policy", columns: {}, values: () => ({}) }),
    /** Of managed policies to users, groups and roles, see {@link attachmentId}. */
    attachments: store.collection({
      name: "iam_attachment",
      columns: { holderId: "text", policyArn: "text", holderKind: "text" },
      values: ({ holderId, policyArn, holderKind }: AttachmentRecord) => ({ holderId, policyArn, holderKind }),
    }),
    /** By name. */
    instanceProfiles: store.collection({
      name: "iam_instance_profile",
      columns: { role: "text" },
      values: ({ roleName }: InstanceProfileRecord) => ({ role: roleName === undefined ? null : nameKey(roleName) }),
    }),
    /** By URL without its scheme. */
    oidcProviders: store.collection<OidcProviderRecord, never>({
      name: "iam_oidc_provider",
      columns: {},
      values: () => ({}),
    }),
    /** Of service-linked roles, by task id. */
    deletions: store.collection<DeletionRecord, never>({ name: "iam_deletion", columns: {}, values: () => ({}) }),
    /** By role id or access key id. Not among what makes caches be forgotten. */
    lastUses: store.collection<LastUseRecord, never>({ name: "iam_last_use", columns: {}, values: () => ({}) }),
  };
}

export type IamCollections = ReturnType<typeof iamCollections>;

/** Names of IAM differ by more than case: `Bob` and `bob` are one user. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

export function attachmentId(holderId: string, policyArn: string): string {
  return `${holderId} ${policyArn}`;
}
