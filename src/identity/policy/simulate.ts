import type { Principal } from "../principal.ts";
import { decide, resourceVerdictOf, verdictOf } from "./decide.ts";
import type { KeyValues } from "./key-values.ts";
import type { Policy } from "./policy.ts";
import { RequestKeys } from "./request-keys.ts";
import type { PolicyRequest, Statement } from "./statement.ts";

/** A policy with the name by which the simulator tells of it, such as `PolicyInputList.1`. */
export interface NamedPolicy {
  id: string;
  policy: Policy;
}

/** What is tried out. */
export interface SimulationInput {
  /** `ecs:RunTask` */
  action: string;
  /** An ARN, or `*`. */
  resource: string;
  /** Values of condition keys, by their names in whatever case. */
  context: Readonly<Record<string, readonly string[]>>;
  identity: readonly NamedPolicy[];
  /** Permissions boundaries: what none of them allows is not allowed. Empty: there is none. */
  boundaries?: readonly NamedPolicy[];
  resourcePolicy?: NamedPolicy;
  /** Who acts: its own keys (`aws:username`, …) need not be given. Resource policies are about nobody without it. */
  principal?: Principal;
  /** Whose the resource is; unset: the principal's. */
  resourceAccount?: string;
}

export type SimulationDecision = "allowed" | "explicitDeny" | "implicitDeny";

export interface MatchedStatement {
  source: NamedPolicy;
  /** Its `start` and `end` are where the simulator says that it stands. */
  statement: Statement;
}

export interface SimulationResult {
  decision: SimulationDecision;
  /** The statements that settle it: those that deny, or those that allow; none when nothing allows. */
  matchedStatements: MatchedStatement[];
  /** Keys that the policies ask for and the context does not have, as policies spell them. */
  missingContextKeys: string[];
  /** What each kind of policy says for itself. */
  details: { identity: SimulationDecision; resource: SimulationDecision; boundary: SimulationDecision | undefined };
}

/**
 * Tries out what policies say, https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html
 * Nothing is known of the request but what the context says, and who acts.
 */
export function simulate(input: SimulationInput): SimulationResult {
  const { principal, resource, identity, boundaries = [], resourcePolicy } = input;
  const keys = keysOf(input);
  const request: PolicyRequest = { action: input.action.toLowerCase(), resource, keys };
  const granting = [...identity, ...(resourcePolicy ? [resourcePolicy] : [])];
  const named = [...granting, ...boundaries];
  const details = detailsOf(input, request);
  const decision = decisionOf(input, request, details);
  const effect = decision === "explicitDeny" ? "Deny" : "Allow";
  const settling = decision === "implicitDeny" ? [] : decision === "explicitDeny" ? named : granting;
  return {
    decision,
    matchedStatements: settling.flatMap((source) =>
      source.policy.statements
        .filter(
          (statement) => statement.effect === effect && isAbout(statement, principal) && statement.applies(request),
        )
        .map((statement) => ({ source, statement })),
    ),
    missingContextKeys: missingKeys(named, request),
    details,
  };
}

/** The condition keys that policies ask for, each once and as it is first written. */
export function contextKeysOf(policies: readonly Policy[]): string[] {
  return distinctKeys(policies.flatMap(({ statements }) => statements.flatMap(({ keys }) => keys)));
}

function decisionOf(
  { principal, identity, boundaries, resourcePolicy, resourceAccount }: SimulationInput,
  request: PolicyRequest,
  details: SimulationResult["details"],
): SimulationDecision {
  if (Object.values(details).includes("explicitDeny")) return "explicitDeny";
  if (!principal) return worst([details.identity, details.boundary ?? "allowed"]);
  const reason = decide({
    principal,
    request,
    statements: {
      identity: statementsOf(identity),
      boundary: boundaries?.length ? statementsOf(boundaries) : undefined,
    },
    resourceStatements: resourcePolicy?.policy.statements ?? [],
    sameAccount: resourceAccount === undefined || resourceAccount === principal.accountId,
    resourcePolicyDecides: false,
  });
  return reason ? "implicitDeny" : "allowed";
}

function detailsOf(
  { principal, identity, boundaries, resourcePolicy }: SimulationInput,
  request: PolicyRequest,
): SimulationResult["details"] {
  const toDecision = { deny: "explicitDeny", allow: "allowed", none: "implicitDeny" } as const;
  const byResource =
    resourcePolicy && principal ? resourceVerdictOf(resourcePolicy.policy.statements, principal, request) : "none";
  return {
    identity: toDecision[verdictOf(statementsOf(identity), request)],
    resource: byResource === "deny" ? "explicitDeny" : byResource === "none" ? "implicitDeny" : "allowed",
    boundary: boundaries?.length ? toDecision[verdictOf(statementsOf(boundaries), request)] : undefined,
  };
}

function statementsOf(policies: readonly NamedPolicy[]): Statement[] {
  return policies.flatMap(({ policy }) => policy.statements);
}

/** The most restrictive of some decisions. */
export function worst(decisions: readonly SimulationDecision[]): SimulationDecision {
  if (decisions.includes("explicitDeny")) return "explicitDeny";
  return decisions.includes("implicitDeny") ? "implicitDeny" : "allowed";
}

function isAbout(statement: Statement, principal: Principal | undefined): boolean {
  return statement.principals === undefined || (principal !== undefined && statement.namingOf(principal) !== undefined);
}

function missingKeys(policies: readonly NamedPolicy[], { action, keys }: PolicyRequest): string[] {
  const asking = policies.flatMap(({ policy }) =>
    policy.statements.filter((statement) => statement.coversAction(action)),
  );
  return distinctKeys(asking.flatMap((statement) => statement.keys)).filter((key) => !keys.get(key.toLowerCase()));
}

function distinctKeys(keys: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const key of keys) if (!byKey.has(key.toLowerCase())) byKey.set(key.toLowerCase(), key);
  return [...byKey.values()];
}

/** The context, and what is true of the principal whenever it acts. */
function keysOf({ action, context, principal, resourceAccount }: SimulationInput): KeyValues {
  const given = new Map(Object.entries(context).map(([key, values]) => [key.toLowerCase(), values]));
  const own =
    principal &&
    new RequestKeys({
      subject: principal,
      environment: { region: "", secureTransport: true, at: 0 },
      service: action.slice(0, action.indexOf(":")),
      principalTags: {},
      requestTags: undefined,
      resourceTags: undefined,
      resourceAccount: resourceAccount ?? principal.accountId,
      conditions: [],
    });
  return { get: (key) => given.get(key) ?? (PRINCIPAL_KEYS.has(key) ? own?.get(key) : undefined) };
}

const PRINCIPAL_KEYS: ReadonlySet<string> = new Set([
  "aws:principalarn",
  "aws:principalaccount",
  "aws:principaltype",
  "aws:userid",
  "aws:username",
]);
