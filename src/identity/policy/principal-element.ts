import { parseArn } from "../../base/arn.ts";
import type { Principal } from "../principal.ts";
import { KNOWN_PROVIDERS, type FederatedSubject, type Naming, type ServiceSubject, type Subject } from "./subject.ts";

export const PRINCIPAL_TYPES = ["AWS", "Service", "Federated", "CanonicalUser"] as const;
export type PrincipalType = (typeof PRINCIPAL_TYPES)[number];

/** The names in a `Principal` or `NotPrincipal` element, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export type PrincipalNames = Readonly<Partial<Record<PrincipalType, readonly string[]>>>;

const ACCOUNT = /^\d{12}$/;
const ACCOUNT_ROOT = /^arn:[\w-]+:iam::(\d{12}):root$/;
/** `AIDA…` of a user, `AROA…` of a role, with the session's name behind a colon. */
const UNIQUE_ID = /^A(IDA|ROA)[A-Z0-9]{12,124}(:[\w+=,.@-]{2,64})?$/;
const PROVIDER_ARN = /^arn:[\w-]+:iam::\d{12}:(oidc|saml)-provider\/[^*?]+$/;
const SERVICE = /^[a-z0-9][a-z0-9.-]*\.amazonaws\.com(\.cn)?$/;

/** Whether a name is one that AWS takes in a policy. Whether there is somebody of that name is not looked at. */
export function isPrincipalName(type: PrincipalType, name: string): boolean {
  if (type === "Service") return SERVICE.test(name);
  if (type === "Federated") return KNOWN_PROVIDERS.has(name) || PROVIDER_ARN.test(name);
  if (type === "CanonicalUser") return false;
  return name === "*" || ACCOUNT.test(name) || UNIQUE_ID.test(name) || isPrincipalArn(name);
}

function isPrincipalArn(name: string): boolean {
  const arn = parseArn(name);
  if (!arn || arn.region !== "" || !ACCOUNT.test(arn.account) || /[*?]/.test(name)) return false;
  if (arn.service === "iam") return /^(root|(user|role)\/.+)$/.test(arn.resource);
  return arn.service === "sts" && /^(assumed-role\/[^/]+\/[^/]+|federated-user\/.+)$/.test(arn.resource);
}

/** How the names include a subject; `undefined` when they do not. */
export function namingOf(names: PrincipalNames, subject: Subject): Naming | undefined {
  if (isOutsider(subject)) return includesOutsider(names, subject) ? "direct" : undefined;
  let found: Naming | undefined;
  for (const name of names.AWS ?? []) {
    const naming = namingBy(name, subject);
    if (naming === "direct") return naming;
    if (naming && found !== "role") found = naming;
  }
  return found;
}

/** Whether a denial for the names is about a subject. One for everybody is about services, too, which `*` lets in nowhere. */
export function isDenied(names: PrincipalNames, subject: Subject): boolean {
  return names.AWS?.includes("*") || namingOf(names, subject) !== undefined;
}

function isOutsider(subject: Subject): subject is ServiceSubject | FederatedSubject {
  return subject.type === "Service" || subject.type === "Federated";
}

function includesOutsider(names: PrincipalNames, subject: ServiceSubject | FederatedSubject): boolean {
  const listed = subject.type === "Service" ? names.Service : names.Federated;
  return listed?.includes(subject.type === "Service" ? subject.name : subject.provider) ?? false;
}

function namingBy(name: string, principal: Principal): Naming | undefined {
  if (name === "*") return "direct";
  if (principal.type === "Anonymous") return undefined;
  if (name === principal.arn || name === principal.userId) return "direct";
  if (principal.type === "AssumedRole" && (name === principal.roleArn || name === principal.roleId)) return "role";
  if ((ACCOUNT_ROOT.exec(name)?.[1] ?? name) !== principal.accountId) return undefined;
  return principal.type === "Root" ? "direct" : "account";
}

/**
 * Whether a `Deny` for all but some principals spares this one. AWS asks for the principal in each of its forms: for a
 * session its account, its role and itself, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function isSpared(names: PrincipalNames, subject: Subject): boolean {
  if (isOutsider(subject)) return includesOutsider(names, subject);
  const listed = names.AWS ?? [];
  if (listed.includes("*")) return true;
  return formsOf(subject).every((form) => form.some((name) => listed.includes(name)));
}

/** The forms of a principal, each with its spellings. */
function formsOf(principal: Principal): string[][] {
  const account = [principal.accountId, `arn:aws:iam::${principal.accountId}:root`];
  if (principal.type === "Anonymous") return [[]];
  if (principal.type === "Root") return [account];
  const self = [principal.arn, principal.userId];
  return principal.type === "User" ? [account, self] : [account, [principal.roleArn, principal.roleId], self];
}
