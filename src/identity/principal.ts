import { createHash } from "node:crypto";
import { base32 } from "./base32.ts";
import type { RoleSession } from "./role-session.ts";

/** Who signed a request. */
export interface Principal {
  accountId: string;
  /** `arn:aws:iam::000000000000:root`. */
  arn: string;
  /** What STS calls `UserId`: for the root user, the account id. */
  userId: string;
  accessKeyId: string;
}

/** The account's root user, as which every key of this engine acts. */
export function rootPrincipal(accountId: string, accessKeyId: string): Principal {
  return { accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId, accessKeyId };
}

/**
 * Who acts as a role: `arn:aws:sts::000000000000:assumed-role/ROLE/SESSION`, whose user id is the role's and the session's
 * name. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function rolePrincipal(
  { roleArn, sessionName, account }: Omit<RoleSession, "expiresAt">,
  accessKeyId: string,
): Principal {
  const roleName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return {
    accountId: account,
    arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`,
    userId: `${roleId(roleArn)}:${sessionName}`,
    accessKeyId,
  };
}

/** `AROA` and 17 characters. Roles are not kept here: an id follows from its ARN. */
function roleId(roleArn: string): string {
  return `AROA${base32(createHash("sha256").update(roleArn).digest(), 17)}`;
}
