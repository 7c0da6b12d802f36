import type { PasswordPolicy, ServiceLastAccessed, StatusType, Tag } from "@aws-sdk/client-iam";
import type { PolicyHolder } from "./records.ts";

export interface UserRecord extends PolicyHolder {
  /** The ARN of a managed policy. */
  boundary?: string;
  tags: Tag[];
}

export type GroupRecord = PolicyHolder;

/** A user in a group, both by their ids. */
export interface MembershipRecord {
  userId: string;
  groupId: string;
}

export interface AccessKeyRecord {
  accessKeyId: string;
  userId: string;
  status: StatusType;
  createdAt: Date;
  /** The secret access key as the keyring sealed it for this id, base 64. */
  sealedSecret: string;
}

/** The password of a user, by the user's id. */
export interface LoginProfileRecord {
  createdAt: Date;
  changedAt: Date;
  resetRequired: boolean;
  password: PasswordHash;
  /** Earlier ones, the latest first. */
  previous: PasswordHash[];
}

/** Of scrypt, base 64. */
export interface PasswordHash {
  salt: string;
  hash: string;
}

/** What belongs to the account itself: one document, by the id `account`. */
export interface AccountRecord {
  createdAt: Date;
  alias?: string;
  passwordPolicy?: Omit<PasswordPolicy, "ExpirePasswords">;
}

/** One document, by the id `report`. */
export interface CredentialReportRecord {
  /** CSV. */
  content: string;
  generatedAt: Date;
}

/** Which services somebody may use and when they were last used, by the job's id. */
export interface AccessReportRecord {
  generatedAt: Date;
  /** By name. */
  services: ServiceLastAccessed[];
}
