import { invalidPolicy } from "./errors.ts";

const EVERYTHING = ["*", "elasticfilesystem:*", "elasticfilesystem:Client*"];
const CLIENT_ACTIONS = [
  "elasticfilesystem:ClientMount",
  "elasticfilesystem:ClientWrite",
  "elasticfilesystem:ClientRootAccess",
];

/**
 * Checks that a policy grants every client what every client has without one: there are no identities to tell apart yet,
 * so that nothing else could be enforced. https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
 * @throws AwsError InvalidPolicyException
 */
export function checkPolicy(text: string): void {
  const policy = parse(text);
  if (policy["Version"] !== undefined && !["2012-10-17", "2008-10-17"].includes(String(policy["Version"])))
    throw invalidPolicy("The policy's Version is not valid.");
  const statements = listOf(policy["Statement"]);
  if (!statements.length) throw invalidPolicy("The policy has no statements.");
  const granted = statements.flatMap((statement) => grantedToAll(statement));
  const full = granted.some((action) => EVERYTHING.includes(action));
  if (!full && !CLIENT_ACTIONS.every((action) => granted.includes(action)))
    throw invalidPolicy(
      "Neargate does not enforce file system policies yet: only those are accepted that allow every client ClientMount, ClientWrite and ClientRootAccess.",
    );
}

function parse(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // not JSON
  }
  throw invalidPolicy("The policy is not valid JSON.");
}

/** The actions that a statement allows everyone; one that does anything else cannot be accepted. */
function grantedToAll(statement: unknown): string[] {
  if (!isObject(statement)) throw invalidPolicy("A statement of the policy is not valid.");
  const { Effect, Principal, Action, Condition } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") throw invalidPolicy("The Effect of a statement is not valid.");
  if (Action === undefined) throw invalidPolicy("A statement of the policy has no Action.");
  const everyone = Principal === "*" || (isObject(Principal) && listOf(Principal["AWS"]).includes("*"));
  const unconditional = Condition === undefined || isOfMountTargetOnly(Condition);
  if (Effect === "Deny" || !everyone || !unconditional)
    throw invalidPolicy(
      "Neargate does not enforce file system policies yet: statements that deny, name principals or have conditions are not accepted.",
    );
  return listOf(Action).map(String);
}

/** The condition of the policy that the EFS console writes: every access here is by a mount target. */
function isOfMountTargetOnly(condition: unknown): boolean {
  if (!isObject(condition)) return false;
  const tests = Object.entries(condition);
  const [operator, test] = tests[0] ?? [];
  return (
    tests.length === 1 &&
    operator === "Bool" &&
    isObject(test) &&
    Object.keys(test).length === 1 &&
    String(test["elasticfilesystem:AccessedViaMountTarget"]) === "true"
  );
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
