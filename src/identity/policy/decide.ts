import type { DenialReason, PolicyKind } from "../authorization.ts";
import type { Principal } from "../principal.ts";
import type { PolicyRequest, Statement } from "./statement.ts";
import type { Naming, Subject } from "./subject.ts";

/** What a set of policies says of a request: a denial outweighs everything. */
export type Verdict = "deny" | "allow" | "none";

/** What a resource's policy says of a request, and how it names who is allowed. */
export type ResourceVerdict = "deny" | Naming | "none";

/** The statements that speak for and against a principal; those that are not about the action may be left out. */
export interface PrincipalStatements {
  identity: readonly Statement[];
  /** Absent where there is no boundary. */
  boundary?: readonly Statement[];
  /** Absent where the session was made without policies. */
  session?: readonly Statement[];
}

/** All that a decision rests on. */
export interface DecisionInput {
  principal: Principal;
  request: PolicyRequest;
  statements: PrincipalStatements;
  /** Of the resource's policy. */
  resourceStatements: readonly Statement[];
  /** Of the policy of the VPC endpoint that the request came by; unset when it came by none. */
  endpointStatements?: readonly Statement[] | undefined;
  /** Whether the resource is of the principal's account. */
  sameAccount: boolean;
  /** Whether a resource's policy must allow, whatever the account's policies say: KMS keys, and roles that are taken on. */
  resourcePolicyDecides: boolean;
}

/** The root user gets at a bucket's policy whatever it says: or nobody could mend it. */
const ROOT_ALWAYS: ReadonlySet<string> = new Set(["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"]);

/**
 * Decides in AWS's order, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * @returns `undefined` when the request is allowed
 */
export function decide(input: DecisionInput): DenialReason | undefined {
  const { principal, request, statements, resourceStatements, endpointStatements } = input;
  const { sameAccount, resourcePolicyDecides } = input;
  if (principal.type === "Root" && sameAccount && ROOT_ALWAYS.has(request.action)) return undefined;
  const identity = verdictOf(statements.identity, request);
  const bounded = statements.boundary !== undefined;
  const resource = resourceVerdictOf(resourceStatements, principal, request, bounded);
  const boundary = statements.boundary ? verdictOf(statements.boundary, request) : "allow";
  const session = statements.session ? verdictOf(statements.session, request) : "allow";
  const endpoint = endpointStatements ? resourceVerdictOf(endpointStatements, principal, request, bounded) : "direct";
  if (identity === "deny") return explicit("identity-based policy");
  if (resource === "deny") return explicit("resource-based policy");
  if (boundary === "deny") return explicit("permissions boundary");
  if (session === "deny") return explicit("session policy");
  if (endpoint === "deny") return explicit("VPC endpoint policy");
  if (endpoint === "none") return implicit("VPC endpoint policy");

  const isRoot = principal.type === "Root";
  const limits = boundary !== "allow" ? "permissions boundary" : session !== "allow" ? "session policy" : undefined;
  const missing = isRoot ? undefined : identity !== "allow" ? "identity-based policy" : limits;
  if (principal.type === "Anonymous") return resource === "none" ? implicit("resource-based policy") : undefined;
  if (!sameAccount) return implicit(missing ?? (resource === "none" ? "resource-based policy" : undefined));
  if (resource === "direct") return undefined;
  if (resource === "role") return implicit(limits);
  if (resourcePolicyDecides && resource === "none") return implicit("resource-based policy");
  return implicit(missing);
}

/** What statements say together. Those that name principals are not asked here. */
export function verdictOf(statements: readonly Statement[], request: PolicyRequest): Verdict {
  let verdict: Verdict = "none";
  for (const statement of statements) {
    // One that allows has nothing to add to another.
    if (statement.effect === "Allow" && verdict === "allow") continue;
    if (!statement.applies(request)) continue;
    if (statement.effect === "Deny") return "deny";
    verdict = "allow";
  }
  return verdict;
}

/**
 * What the statements of a resource's policy say of a subject's request.
 * @param bounded whether the subject has a permissions boundary
 */
export function resourceVerdictOf(
  statements: readonly Statement[],
  subject: Subject,
  request: PolicyRequest,
  bounded = false,
): ResourceVerdict {
  let verdict: ResourceVerdict = "none";
  for (const statement of statements) {
    const naming = statement.namingOf(subject, bounded);
    if (!naming || !statement.applies(request)) continue;
    if (statement.effect === "Deny") return "deny";
    verdict = stronger(verdict, naming);
  }
  return verdict;
}

function stronger(verdict: ResourceVerdict, naming: Naming): ResourceVerdict {
  const order: readonly ResourceVerdict[] = ["none", "account", "role", "direct"];
  return order.indexOf(naming) > order.indexOf(verdict) ? naming : verdict;
}

function explicit(by: PolicyKind): DenialReason {
  return { kind: "explicit", by };
}

function implicit(missing: PolicyKind | undefined): DenialReason | undefined {
  return missing && { kind: "implicit", missing };
}
