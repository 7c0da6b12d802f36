import type { Caller } from "../../identity/caller.ts";
import type { Principal, SessionFacts } from "../../identity/principal.ts";

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
export function userIdentity(caller: Caller | undefined, invokedBy: string | undefined): Record<string, unknown> {
  const identity = caller ? identityOf(caller.principal) : { type: "Unknown" };
  return invokedBy === undefined ? identity : { ...identity, invokedBy };
}

/** What LookupEvents calls the user: a user's name, a session's name, or `root`. */
export function userName(caller: Caller | undefined): string | undefined {
  switch (caller?.principal.type) {
    case "Root":
      return "root";
    case "User":
      return caller.principal.userName;
    case "AssumedRole":
      return caller.principal.sessionName;
    default:
      return undefined;
  }
}

function identityOf(principal: Principal): Record<string, unknown> {
  const { accountId, arn, userId: principalId, accessKeyId } = principal;
  const signer = { principalId, arn, accountId, accessKeyId };
  switch (principal.type) {
    case "Root":
      return { type: "Root", ...signer };
    case "User":
      return {
        type: "IAMUser",
        ...signer,
        userName: principal.userName,
        ...(principal.session ? { sessionContext: { attributes: attributes(principal.session) } } : {}),
      };
    case "AssumedRole": {
      const { roleId, roleArn, roleName, session } = principal;
      return {
        type: "AssumedRole",
        ...signer,
        sessionContext: {
          sessionIssuer: { type: "Role", principalId: roleId, arn: roleArn, accountId, userName: roleName },
          ...(session.webIdentity
            ? { webIdFederationData: { federatedProvider: session.webIdentity.provider, attributes: {} } }
            : {}),
          attributes: attributes(session),
          ...(session.sourceIdentity === undefined ? {} : { sourceIdentity: session.sourceIdentity }),
        },
      };
    }
    case "Anonymous":
      return { type: "AWSAccount", principalId: "", accountId: "ANONYMOUS_PRINCIPAL" };
  }
}

function attributes({ issuedAt }: SessionFacts): Record<string, string> {
  return { creationDate: eventTime(issuedAt), mfaAuthenticated: "false" };
}

/** Whole seconds, as CloudTrail writes times: `2026-01-02T03:04:05Z`. */
export function eventTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
