import type { Matcher } from "./regex.ts";
import type { Scanner } from "./scanner.ts";

/** What a condition is asked about: a text, and the number it means when it means one. */
export interface Value {
  text: string;
  number: number | undefined;
}

export type Condition = (value: Value) => boolean;

const OPERATOR = /!=|<=|>=|=|<|>/y;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text spells, as AWS writes numbers: integer, decimal or with an exponent. */
export function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

/** An operator and what stands behind it: `>= 500`, `= "UpdateTrail"`, `!= 123.123.*`, `= %[45]\d\d%`. */
export function parseCondition(scanner: Scanner, bareValue: RegExp): Condition {
  const operator = scanner.match(OPERATOR);
  if (operator === undefined) throw scanner.unexpected("an operator");
  scanner.skipSpaces();
  if (operator === "=" || operator === "!=") {
    const equals = parseOperand(scanner, bareValue);
    return operator === "=" ? equals : (value) => !equals(value);
  }
  const bound = numberOf(scanner.match(bareValue) ?? "");
  if (bound === undefined) throw scanner.unexpected("a number");
  return ({ number }) => number !== undefined && isOrdered(number, operator, bound);
}

function isOrdered(number: number, operator: string, bound: number): boolean {
  if (operator === "<") return number < bound;
  if (operator === "<=") return number <= bound;
  if (operator === ">") return number > bound;
  return number >= bound;
}

function parseOperand(scanner: Scanner, bareValue: RegExp): Condition {
  if (scanner.peek() === '"') return textCondition(wildcard(scanner.quoted()));
  if (scanner.peek() === "%") return textCondition(scanner.regex());
  const bare = scanner.match(bareValue);
  if (bare === undefined) throw scanner.unexpected("a value");
  const wanted = numberOf(bare);
  const matches = wildcard(bare);
  return ({ text, number }) => (wanted !== undefined && number === wanted) || matches(text);
}

function textCondition(matches: Matcher): Condition {
  return ({ text }) => matches(text);
}

/** A `*` at the beginning or end stands for any text; anywhere else it is an asterisk. */
function wildcard(pattern: string): Matcher {
  if (/^\*+$/.test(pattern)) return () => true;
  const open = pattern.startsWith("*");
  const ended = pattern.endsWith("*");
  const core = pattern.slice(open ? 1 : 0, ended ? -1 : undefined);
  if (open && ended) return (text) => text.includes(core);
  if (open) return (text) => text.endsWith(core);
  if (ended) return (text) => text.startsWith(core);
  return (text) => text === core;
}
