import { AccessDenied, type ActionCheck } from "../authorization.ts";
import type { Caller } from "../caller.ts";
import type { IdentityDirectory } from "../directory.ts";
import { rolePrincipal, type Principal, type SessionFacts, type UserPrincipal } from "../principal.ts";
import { PolicyAuthorizer } from "./authorizer.ts";
import { parsePolicy } from "./policy.ts";

/** What the tests of policies share. */
export const ACCOUNT = "111122223333";
export const OTHER_ACCOUNT = "444455556666";
export const NOW = Date.parse("2026-03-01T12:00:00Z");

export function userNamed(name: string, account = ACCOUNT): UserPrincipal {
  const arn = `arn:aws:iam::${account}:user/${name}`;
  const userName = name.slice(name.lastIndexOf("/") + 1);
  return {
    type: "User",
    accountId: account,
    arn,
    userName,
    userId: `AIDA0000000000${userName.toUpperCase()}`,
    accessKeyId: "AKIA0",
  };
}

export function sessionOf(
  role: string,
  session = "task-1",
  facts: Partial<SessionFacts> = {},
  account = ACCOUNT,
): Principal {
  const issuedAt = Date.parse("2026-03-01T11:30:00Z");
  const id = `AROA0000000000${role.slice(role.lastIndexOf("/") + 1).toUpperCase()}`;
  return rolePrincipal(
    { arn: `arn:aws:iam::${account}:role/${role}`, id },
    session,
    { issuedAt, expiresAt: issuedAt + 3_600_000, ...facts },
    "ASIA0",
  );
}

/** A policy document with these statements. */
export function documentOf(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function allow(action: string | string[], resource: string | string[] = "*", more: object = {}): object {
  return { Effect: "Allow", Action: action, Resource: resource, ...more };
}

export function deny(action: string | string[], resource: string | string[] = "*", more: object = {}): object {
  return { Effect: "Deny", Action: action, Resource: resource, ...more };
}

/** The secret that most tests are about, and what is done to it. */
export const SECRET = `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:db-AbCdEf`;
export const READ = "secretsmanager:GetSecretValue";

/** A check of reading a secret whose policy has these statements. */
export function readOf(arn: string, ...statements: object[]): ActionCheck {
  return { action: READ, resources: [{ arn, ...(statements.length && { policy: () => documentOf(...statements) }) }] };
}

/** Statements of a resource's policy that allow or deny reading. */
export function grant(principal: unknown, more: object = {}): object {
  return { ...allow(READ, "*", more), Principal: principal };
}

export function refuse(principal: unknown, more: object = {}): object {
  return { ...deny(READ, "*", more), Principal: principal };
}

export const ALLOWED = "allowed";
export const NO_IDENTITY = "implicit: identity-based policy";
export const NO_RESOURCE = "implicit: resource-based policy";
export const NO_BOUNDARY = "implicit: permissions boundary";
export const NO_SESSION = "implicit: session policy";
export const DENIED_IDENTITY = "explicit: identity-based policy";
export const DENIED_RESOURCE = "explicit: resource-based policy";

/** What is known of somebody who asks for something. */
export interface Situation {
  principal: Principal;
  check: ActionCheck;
  /** Statements of the principal's policies. */
  identity?: object[];
  boundary?: object[];
  session?: object[];
  tags?: Record<string, string>;
  caller?: Partial<Caller>;
}

/** `allowed`, `explicit: KIND` or `implicit: KIND`, with the kind of policy that settles it. */
export async function outcomeOf({
  principal,
  check,
  identity,
  boundary,
  session,
  tags,
  caller,
}: Situation): Promise<string> {
  const compiled = (statements: object[]) => parsePolicy(documentOf(...statements), "identity");
  const policies = {
    identity: identity ? [compiled(identity)] : [],
    ...(boundary && { boundary: compiled(boundary) }),
    ...(session && { session: [compiled(session)] }),
    tags: tags ?? {},
  };
  const directory = { policiesOf: async () => policies } as unknown as IdentityDirectory;
  const whole: Caller = {
    principal,
    region: "eu-west-1",
    secureTransport: true,
    at: NOW,
    sourceIp: "203.0.113.7",
    ...caller,
  };
  try {
    await new PolicyAuthorizer({ directory }).authorize(whole, [check]);
    return "allowed";
  } catch (cause) {
    if (!(cause instanceof AccessDenied)) throw cause;
    const { reason } = cause;
    return reason.kind === "explicit" ? `explicit: ${reason.by}` : `implicit: ${reason.missing}`;
  }
}
