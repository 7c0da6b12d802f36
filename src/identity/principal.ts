/** Who signed a request, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export type Principal = RootPrincipal | UserPrincipal | RolePrincipal | AnonymousPrincipal;

interface Signer {
  accountId: string;
  /** As STS tells it: `arn:aws:iam::000000000000:root`, `…:user/PATH/NAME`, `arn:aws:sts::…:assumed-role/ROLE/SESSION`. */
  arn: string;
  /** What STS calls `UserId`: the account id, `AIDA…`, or `AROA…:SESSION`. */
  userId: string;
  accessKeyId: string;
}

/** The account itself. */
export interface RootPrincipal extends Signer {
  type: "Root";
  /** Of temporary credentials (GetSessionToken). */
  session?: SessionFacts;
}

export interface UserPrincipal extends Signer {
  type: "User";
  userName: string;
  /** Of temporary credentials (GetSessionToken). */
  session?: SessionFacts;
}

/** Somebody who acts as a role for some time. */
export interface RolePrincipal extends Signer {
  type: "AssumedRole";
  /** `arn:aws:iam::000000000000:role/PATH/NAME` */
  roleArn: string;
  roleName: string;
  /** `AROA…`: another one once a role is made anew under the same name. */
  roleId: string;
  sessionName: string;
  session: SessionFacts;
  /** The task whose role it is: it is somebody only as long as that lives. */
  task?: { taskId: string; region: string };
}

/** Who sent a request without a signature. */
export interface AnonymousPrincipal extends Signer {
  type: "Anonymous";
}

/** What the credentials of a session say beside whose they are. */
export interface SessionFacts {
  /** Milliseconds since 1970, whole seconds. */
  issuedAt: number;
  expiresAt: number;
  /** Session policies: documents as they were given, and ARNs of managed policies. Neither given: there are none. */
  policy?: string;
  policyArns?: string[];
  /** Session tags. */
  tags?: Record<string, string>;
  transitiveTagKeys?: string[];
  sourceIdentity?: string;
  /** Of AssumeRoleWithWebIdentity: the provider's URL without its scheme, the subject and the audience. */
  webIdentity?: { provider: string; subject: string; audience: string };
}

/** The account's root user. */
export function rootPrincipal(accountId: string, accessKeyId: string): RootPrincipal {
  return { type: "Root", accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId, accessKeyId };
}

/** Whoever did not sign; `accountId` is where the request is taken to belong. */
export function anonymousPrincipal(accountId: string): AnonymousPrincipal {
  return { type: "Anonymous", accountId, arn: "*", userId: "anonymous", accessKeyId: "" };
}

/** A session of a role: `arn:aws:sts::000000000000:assumed-role/ROLE/SESSION`, whose user id is the role's and the session's name. */
export function rolePrincipal(
  role: { arn: string; id: string },
  sessionName: string,
  session: SessionFacts,
  accessKeyId: string,
): RolePrincipal {
  const accountId = role.arn.split(":")[4]!;
  const roleName = role.arn.slice(role.arn.lastIndexOf("/") + 1);
  return {
    type: "AssumedRole",
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    userId: `${role.id}:${sessionName}`,
    accessKeyId,
    roleArn: role.arn,
    roleName,
    roleId: role.id,
    sessionName,
    session,
  };
}
