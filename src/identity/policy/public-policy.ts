import { parseOperatorName } from "./condition.ts";
import { parseIpRange } from "./ip-range.ts";

/** What a policy says, as far as it matters here. */
interface Statement {
  Effect?: unknown;
  Principal?: unknown;
  NotPrincipal?: unknown;
  Condition?: unknown;
}

/** Keys of all services that tell strangers from others, when they have fixed values. */
const TELLING_KEYS: ReadonlySet<string> = new Set([
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:principalaccount",
  "aws:principalarn",
  "aws:sourceip",
  "aws:vpcsourceip",
  "aws:sourcearn",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourceowner",
  "aws:sourceaccount",
  "aws:userid",
]);

/** An ARN that has an account is of somebody. */
const ARN_OF_SOMEBODY = /^arn:[^:]*:[^:]*:[^:]*:\d{12}:/;

/**
 * Whether a resource's policy lets strangers in, as S3 and Secrets Manager understand it,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 * @param text of a policy that was checked
 * @param ownKeys that tell strangers from others beside those of all services, in lower case
 */
export function isPublicPolicy(text: string, ownKeys: readonly string[] = []): boolean {
  const { Statement: statements } = JSON.parse(text) as { Statement?: Statement | Statement[] };
  return [statements ?? []].flat().some((statement) => isPublic(statement, ownKeys));
}

function isPublic({ Effect, Principal, NotPrincipal, Condition }: Statement, ownKeys: readonly string[]): boolean {
  if (Effect !== "Allow") return false;
  if (NotPrincipal === undefined && !isEveryone(Principal)) return false;
  return !keysOf(Condition).some(
    ([operator, key, values]) =>
      (TELLING_KEYS.has(key) || ownKeys.includes(key)) && tellsStrangers(operator, key, values),
  );
}

function isEveryone(principal: unknown): boolean {
  if (principal === "*") return true;
  const { AWS: named } = Object(principal) as { AWS?: unknown };
  return [named].flat().includes("*");
}

function keysOf(condition: unknown): [operator: string, key: string, values: string[]][] {
  return Object.entries(Object(condition) as object).flatMap(([operator, test]) =>
    Object.entries(Object(test) as object).map(([key, values]): [string, string, string[]] => [
      operator,
      key.toLowerCase(),
      [values].flat().map(String),
    ]),
  );
}

/** A condition that wants a value of the telling kind, and not one that anybody may have. */
function tellsStrangers(operator: string, key: string, values: readonly string[]): boolean {
  const { operator: compares, ifExists, set } = parseOperatorName(operator) ?? {};
  // Strangers have no value of most keys, which satisfies these.
  if (!compares || compares === "Null" || compares.negated || ifExists || set === "all") return false;
  return values.every((value) => {
    if (value.includes("${")) return false;
    if (key === "aws:sourceip" || key === "aws:vpcsourceip") return isOneNetwork(value);
    if (key === "aws:userid") return !/^[*?]/.test(value) && !/^anonymous/i.test(value);
    if (/^arn:/i.test(value)) return ARN_OF_SOMEBODY.test(value) || !/[*?]/.test(value);
    return !/[*?]/.test(value);
  });
}

/** Wider ranges than these are everybody. */
function isOneNetwork(value: string): boolean {
  const range = parseIpRange(value);
  return range !== undefined && range.bits >= (range.bytes.length === 4 ? 8 : 32);
}
