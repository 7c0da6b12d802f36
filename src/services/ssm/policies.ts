import { incompatiblePolicies, invalidPolicyAttribute, invalidPolicyType, tooManyPolicies } from "./errors.ts";
import type { PolicyRecord } from "./records.ts";

const MAX_POLICIES = 10;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/;

/**
 * Reads the policies of a PutParameter request, a JSON array; an empty one takes them all away.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policies.html
 * @throws AwsError InvalidPolicyTypeException, InvalidPolicyAttributeException, IncompatiblePolicyException,
 * PoliciesLimitExceededException
 */
export function parsePolicies(text: string): PolicyRecord[] {
  const policies = asList(text).map(policyOf);
  if (policies.length > MAX_POLICIES) throw tooManyPolicies();
  const count = (type: string) => policies.filter((policy) => policy.type === type).length;
  const notified = count("ExpirationNotification");
  if (count("Expiration") > 1 || (notified && !count("Expiration"))) throw incompatiblePolicies();
  return policies;
}

/** When the Expiration policy among them deletes the parameter. */
export function expirationOf(policies: readonly PolicyRecord[]): Date | undefined {
  const policy = policies.find(({ type }) => type === "Expiration");
  return policy && new Date(attributesOf(JSON.parse(policy.text))["Timestamp"] as string);
}

function asList(text: string): unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidPolicyAttribute("The policies are not valid JSON.");
  }
  if (Array.isArray(parsed)) return parsed;
  if (isObject(parsed) && !Object.keys(parsed).length) return [];
  throw invalidPolicyAttribute("The policies must be a JSON array.");
}

function policyOf(policy: unknown): PolicyRecord {
  if (!isObject(policy)) throw invalidPolicyAttribute("A policy must be a JSON object.");
  const type = policy["Type"];
  const attributes = attributesOf(policy);
  if (type === "Expiration") checkTime(attributes["Timestamp"]);
  else if (type === "ExpirationNotification") checkSpan(type, attributes, "Before");
  else if (type === "NoChangeNotification") checkSpan(type, attributes, "After");
  else throw invalidPolicyType();
  if (policy["Version"] !== "1.0") throw invalidPolicyAttribute("The Version of a policy must be 1.0.");
  return { type, text: JSON.stringify(policy) };
}

function checkTime(timestamp: unknown): void {
  if (typeof timestamp !== "string" || !TIME.test(timestamp) || Number.isNaN(Date.parse(timestamp)))
    throw invalidPolicyAttribute("The Timestamp of an Expiration policy must be a time in ISO 8601 format.");
}

function checkSpan(type: string, attributes: Record<string, unknown>, member: "Before" | "After"): void {
  const amount = Number(attributes[member]);
  if (!Number.isInteger(amount) || amount < 1)
    throw invalidPolicyAttribute(`${member} of a ${type} policy must be a number of at least 1.`);
  if (attributes["Unit"] !== "Days" && attributes["Unit"] !== "Hours")
    throw invalidPolicyAttribute(`The Unit of a ${type} policy must be Days or Hours.`);
}

function attributesOf(policy: unknown): Record<string, unknown> {
  const attributes = isObject(policy) ? policy["Attributes"] : undefined;
  if (!isObject(attributes)) throw invalidPolicyAttribute("A policy must have Attributes.");
  return attributes;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
