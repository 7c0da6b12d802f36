import type { StatementElements } from "./elements.ts";
import { PolicyError } from "./policy-error.ts";
import type { PolicyType } from "./policy.ts";
import { checkResource, failsLegacyParsing } from "./resource-format.ts";

/** What IAM says of a kind of policy that breaks the grammar. */
export interface PolicyWords {
  json: string;
  syntax: string;
  version: string;
  noStatement: string;
  /** Of an element that statements do not have. */
  unknownElement(name: string): string;
  repeatedSid: string;
  noEffect: string;
  effect(effect: string): string;
  /** Of a value that its operator cannot compare, such as a date that is none. */
  conditionValue: string;
}

const IDENTITY_SYNTAX = "Syntax errors in policy.";
const LEGACY = "The policy failed legacy parsing";

const identityWords: PolicyWords = {
  json: IDENTITY_SYNTAX,
  syntax: IDENTITY_SYNTAX,
  version: IDENTITY_SYNTAX,
  noStatement: IDENTITY_SYNTAX,
  unknownElement: () => IDENTITY_SYNTAX,
  repeatedSid: "Statement IDs (SID) in a single policy must be unique.",
  noEffect: IDENTITY_SYNTAX,
  effect: (effect) => (/^(allow|deny)$/i.test(effect) ? LEGACY : IDENTITY_SYNTAX),
  conditionValue: LEGACY,
};

const resourceWords: PolicyWords = {
  json: "This policy contains invalid Json",
  syntax: "Syntax error in policy.",
  version: "The policy must contain a valid version string",
  noStatement: "Could not parse the policy: Statement is empty!",
  unknownElement: (name) => `Has prohibited field ${name}`,
  repeatedSid: "The Statement Ids in the policy are not unique",
  noEffect: "Missing required field Effect",
  effect: (effect) => `Invalid effect: ${effect}`,
  conditionValue: "Syntax error in policy.",
};

export const policyWords: Readonly<Record<PolicyType, PolicyWords>> = {
  identity: identityWords,
  resource: resourceWords,
  trust: resourceWords,
};

/**
 * Checks what a kind of policy must and must not say, beyond the grammar that all share.
 * @throws PolicyError in IAM's words
 */
export const checkStatements: Readonly<Record<PolicyType, (statements: readonly StatementElements[]) => void>> = {
  identity: checkIdentity,
  resource: (statements) => statements.forEach(checkResourceStatement),
  trust: (statements) => statements.forEach(checkTrustStatement),
};

/** The order is IAM's: it tells of the first of these that is wrong anywhere. */
function checkIdentity(statements: readonly StatementElements[]): void {
  const resources = statements.flatMap((statement) => statement.resources ?? statement.notResources ?? []);
  const actions = statements.flatMap((statement) => statement.actions ?? statement.notActions ?? []);
  if (statements.some(({ principal, notPrincipal }) => principal ?? notPrincipal))
    throw new PolicyError("Policy document should not specify a principal.");
  if (resources.some(failsLegacyParsing)) throw new PolicyError(LEGACY);
  checkSids(statements, identityWords);
  if (statements.some(({ sid }) => !/^[0-9A-Za-z]*$/.test(sid ?? "")))
    throw new PolicyError(
      "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
    );
  if (statements.some((statement) => !(statement.actions ?? statement.notActions)?.length))
    throw new PolicyError("Policy statement must contain actions.");
  if (statements.some((statement) => !(statement.resources ?? statement.notResources)?.length))
    throw new PolicyError("Policy statement must contain resources.");
  resources.forEach(checkResource);
  actions.forEach(checkAction);
  const keys = statements.flatMap(({ conditions }) => conditions.map(({ key }) => key));
  if (keys.some((key) => !key.includes(":"))) throw new PolicyError(NO_VENDOR);
}

const NO_VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

function checkAction(action: string): void {
  if (action === "*") return;
  const [vendor = "", ...names] = action.split(":");
  if (names.length === 0) throw new PolicyError(NO_VENDOR);
  if (names.length > 1) throw new PolicyError("Actions/Condition can contain only one colon.");
  if (!/^[A-Za-z0-9.-]+$/.test(vendor)) throw new PolicyError(`Vendor ${vendor} is not valid`);
}

function checkResourceStatement(statement: StatementElements): void {
  if (!statement.principal && !statement.notPrincipal) throw new PolicyError("Missing required field Principal");
  const actions = statement.actions ?? statement.notActions;
  if (!actions?.length) throw new PolicyError("Missing required field Action");
  actions.forEach(checkAction);
  const resources = statement.resources ?? statement.notResources ?? [];
  if (resources.some((resource) => resource !== "*" && !/^arn:[^:]+:[^:]+:[^:]*:[^:]*:./.test(resource)))
    throw new PolicyError("Policy has invalid resource");
}

const TRUST_ACTIONS = [
  "sts:assumerole",
  "sts:assumerolewithsaml",
  "sts:assumerolewithwebidentity",
  "sts:tagsession",
  "sts:setsourceidentity",
  "sts:setcontext",
];

function checkTrustStatement(statement: StatementElements): void {
  if (statement.notPrincipal)
    throw new PolicyError(
      statement.effect === "Allow"
        ? "Allow with NotPrincipal is not allowed."
        : "AssumeRole policy must not contain NotPrincipal field.",
    );
  if (!statement.principal) throw new PolicyError("Missing required field Principal");
  const actions = statement.actions ?? statement.notActions;
  if (!actions?.length) throw new PolicyError("Missing required field Action");
  if (!actions.every(isTrustAction))
    throw new PolicyError("AssumeRole policy may only specify STS AssumeRole actions.");
  if (statement.resources) throw new PolicyError("Has prohibited field Resource");
  if (statement.notResources) throw new PolicyError("AssumeRole policy must not contain resources.");
}

/** One of STS by which roles are taken on, or a wildcard that stands for some. */
function isTrustAction(action: string): boolean {
  const lower = action.toLowerCase();
  const literal = /^[^*?]*/.exec(lower)![0];
  if (literal === lower) return TRUST_ACTIONS.includes(lower);
  return literal.startsWith("sts:") && TRUST_ACTIONS.some((name) => name.startsWith(literal));
}

/** @throws PolicyError when two statements have one name */
export function checkSids(statements: readonly StatementElements[], words: PolicyWords): void {
  const sids = statements.map(({ sid }) => sid).filter((sid) => sid);
  if (new Set(sids).size < sids.length) throw new PolicyError(words.repeatedSid);
}
