import type { Principal } from "./principal.ts";
import type { Policy } from "./policy/policy.ts";

/** What says what a principal may do. */
export interface PrincipalPolicies {
  /** Of the user and its groups, or of the role: inline and managed. */
  identity: readonly Policy[];
  /** Absent where none is set. */
  boundary?: Policy;
  /** The session's own, which only narrow. Absent where it was made without any. */
  session?: readonly Policy[];
  /** Tags of the user or role, with the session's over them: `aws:PrincipalTag/…`. */
  tags: Readonly<Record<string, string>>;
}

/** A role as those see it who take it on. */
export interface RoleFacts {
  arn: string;
  /** `AROA…` */
  id: string;
  name: string;
  trustPolicy: Policy;
  /** Seconds: 3600 unless changed. */
  maxSessionDuration: number;
  tags: Readonly<Record<string, string>>;
}

/** A user as it is called now. */
export interface UserFacts {
  arn: string;
  name: string;
}

/** A user's access key, `Active` or not. */
export interface UserKey {
  accessKeyId: string;
  secretAccessKey: string;
  active: boolean;
  userName: string;
  userArn: string;
  /** `AIDA…` */
  userId: string;
  accountId: string;
}

/**
 * Users, roles and what policies say of them, as the front door and those need them that act as a role. The IAM service
 * has it. What it answers is kept in memory until something of it changes: it is asked with every request.
 */
export interface IdentityDirectory {
  /** @returns `undefined` when there is no such user or role any more: then its credentials are none */
  policiesOf(principal: Principal): Promise<PrincipalPolicies | undefined>;
  userKey(accessKeyId: string): Promise<UserKey | undefined>;
  /** @param userId `AIDA…`, which stays when the user gets another name */
  user(account: string, userId: string): Promise<UserFacts | undefined>;
  /** By its ARN, or its name in an account. */
  role(role: { arn: string } | { account: string; name: string }): Promise<RoleFacts | undefined>;
  /** Notes that a key was used: for GetAccessKeyLastUsed and the credential report. Cheap, written now and then. */
  keyUsed(accessKeyId: string, use: { service: string; region: string; at: number }): void;
  /** Notes that a role was taken on or acted: `RoleLastUsed`. */
  roleUsed(roleArn: string, use: { service: string; region: string; at: number }): void;
}
