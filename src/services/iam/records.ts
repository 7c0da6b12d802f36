import type { Tag } from "@aws-sdk/client-iam";

/** What users, groups and roles have in common: they hold policies. */
export interface PolicyHolder {
  /** `AROA…`, `AIDA…`, `AGPA…`: stays when a name changes. */
  id: string;
  name: string;
  /** `/` or `/a/b/`. */
  path: string;
  arn: string;
  createdAt: Date;
  /** Inline policies: documents as they were given, by name. */
  inlinePolicies: Record<string, string>;
}

export type HolderKind = "user" | "group" | "role";

export interface RoleRecord extends PolicyHolder {
  trustPolicy: string;
  description?: string;
  /** Seconds. */
  maxSessionDuration: number;
  /** The ARN of a managed policy. */
  boundary?: string;
  tags: Tag[];
  /** The service of a service-linked role: `ecs.amazonaws.com`. */
  linkedService?: string;
}

/** A managed policy that is attached to a user, a group or a role. */
export interface AttachmentRecord {
  holderKind: HolderKind;
  /** The holder's id, not its name. */
  holderId: string;
  policyArn: string;
  attachedAt: Date;
}

/** A managed policy of the account's own. */
export interface PolicyRecord {
  /** `ANPA…` */
  id: string;
  name: string;
  path: string;
  arn: string;
  description?: string;
  createdAt: Date;
  updatedAt: Date;
  tags: Tag[];
  /** `v1` */
  defaultVersion: string;
  /** Versions are counted on: a deleted one's number is not used again. */
  lastVersion: number;
  /** Newest first. */
  versions: PolicyVersionRecord[];
}

export interface PolicyVersionRecord {
  versionId: string;
  document: string;
  createdAt: Date;
}

export interface InstanceProfileRecord {
  /** `AIPA…` */
  id: string;
  name: string;
  path: string;
  arn: string;
  createdAt: Date;
  tags: Tag[];
  /** The name of its role, which there is. */
  roleName?: string;
}

export interface OidcProviderRecord {
  arn: string;
  /** Without its scheme. */
  url: string;
  clientIds: string[];
  /** SHA-1 of certificates, hexadecimal. */
  thumbprints: string[];
  createdAt: Date;
  tags: Tag[];
}

/** A service-linked role that was asked to be deleted, and what came of it. */
export interface DeletionRecord {
  status: "SUCCEEDED" | "FAILED";
  reason?: string;
  /** What uses the role. */
  resources?: string[];
  region: string;
  at: Date;
}

/** When a role or a key was last used. */
export interface LastUseRecord {
  at: Date;
  region: string;
  /** Of keys. */
  service?: string;
}
