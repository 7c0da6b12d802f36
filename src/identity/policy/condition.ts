import type { KeyValues } from "./key-values.ts";
import { findOperator, type Comparison, type Operator } from "./operators.ts";
import { variablesIn } from "./pattern.ts";

/** What one line of a `Condition` element demands: one key, compared by one operator with some values. */
export interface Condition {
  /** Keys that are asked for, as they are written: its own, and those of variables in its values. */
  readonly keys: readonly string[];
  holds(values: KeyValues): boolean;
}

/** A condition operator as it is written: `ForAllValues:StringEqualsIfExists`. */
export interface OperatorName {
  /** Which of the request's values have to match; unset for keys that have one value. */
  set: "all" | "any" | undefined;
  ifExists: boolean;
  operator: Operator | "Null";
}

/** Understands the name of a condition operator; `undefined` when there is none of that name. */
export function parseOperatorName(text: string): OperatorName | undefined {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i.exec(text);
  if (!parts) return undefined;
  const [, prefix, name, suffix] = parts;
  const set = prefix === undefined ? undefined : prefix.toLowerCase() === "forallvalues" ? "all" : "any";
  const ifExists = suffix !== undefined;
  if (name!.toLowerCase() === "null") return ifExists ? undefined : { set, ifExists, operator: "Null" };
  const operator = findOperator(name!);
  return operator && { set, ifExists, operator };
}

/**
 * Compiles one line of a `Condition` element.
 * @param variables whether the policy's version knows them
 * @returns `undefined` when a value makes no sense with the operator
 */
export function compileCondition(
  name: OperatorName,
  key: string,
  wanted: readonly string[],
  variables: boolean,
): Condition | undefined {
  const lowerKey = key.toLowerCase();
  const { operator } = name;
  if (operator === "Null") return compileNull(key, wanted);
  const comparisons = wanted.map((value) => operator.compile(value, { variables }));
  if (!comparisons.every((comparison) => comparison !== undefined)) return undefined;
  const keys = [key, ...(variables && operator.variables ? wanted.flatMap(variablesIn) : [])];
  return { keys, holds: (values) => holds(name, operator.negated, values.get(lowerKey), comparisons, values) };
}

function compileNull(key: string, wanted: readonly string[]): Condition | undefined {
  if (!wanted.every((value) => /^(true|false)$/i.test(value))) return undefined;
  const lowerKey = key.toLowerCase();
  const absent = new Set(wanted.map((value) => value.toLowerCase() === "true"));
  return { keys: [key], holds: (values) => absent.has(!values.get(lowerKey)?.length) };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
function holds(
  { set, ifExists }: OperatorName,
  negated: boolean,
  given: readonly string[] | undefined,
  comparisons: readonly Comparison[],
  keys: KeyValues,
): boolean {
  if (!given?.length) return set === "all" || (set === undefined && (ifExists || negated));
  const matches = (value: string) => comparisons.some((comparison) => comparison.matches(value, keys));
  if (set === "all") return given.every((value) => matches(value) !== negated);
  if (set === "any") return given.some((value) => matches(value) !== negated);
  return given.some(matches) !== negated;
}
