import { invalidFilterPattern } from "../errors.ts";
import { parseCondition, type Condition } from "./condition.ts";
import type { Matcher } from "./regex.ts";
import { Scanner } from "./scanner.ts";

type Predicate = (root: unknown) => boolean;

/** A step into a value: a property, an array's element, or all of either. */
type Key = string | number | typeof ALL;
const ALL = Symbol("*");

const PROPERTY = /[A-Za-z0-9_\-@:/#]+/y;
const INDEX = /\[(\d+|\*)\]/y;
const NAMED = /\[(?=["'])/y;
const BARE_VALUE = /[^\s()&|={}"%<>!]+/y;
const KEYWORDS = /(IS\s+(TRUE|FALSE|NULL)|NOT\s+EXISTS)\b/iy;

/**
 * Conditions on the values of JSON events: `{ $.latency >= 500 && ($.user.id = "7" || $.tags[*] = web*) }`. `&&` binds
 * closer than `||`. A selector must lead to a text or number; for anything else neither `=` nor `!=` holds.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html
 */
export function parseJsonPattern(pattern: string): Matcher {
  const scanner = new Scanner(pattern);
  scanner.expect("{");
  const predicate = parseAny(scanner);
  scanner.expect("}");
  if (!scanner.skipSpaces().done) throw scanner.unexpected("the end");
  return (message) => {
    if (!/^\s*[{[]/.test(message)) return false;
    let root: unknown;
    try {
      root = JSON.parse(message);
    } catch {
      return false;
    }
    return predicate(root);
  };
}

function parseAny(scanner: Scanner): Predicate {
  const parts = [parseAll(scanner)];
  while (scanner.take("||")) parts.push(parseAll(scanner));
  return (root) => parts.some((part) => part(root));
}

function parseAll(scanner: Scanner): Predicate {
  const parts = [parseOne(scanner)];
  while (scanner.take("&&")) parts.push(parseOne(scanner));
  return (root) => parts.every((part) => part(root));
}

function parseOne(scanner: Scanner): Predicate {
  scanner.skipSpaces();
  const parenthesis = scanner.take("(");
  const predicate = parenthesis ? parseAny(scanner) : parseComparison(scanner);
  if (parenthesis) scanner.expect(")");
  scanner.skipSpaces();
  return predicate;
}

function parseComparison(scanner: Scanner): Predicate {
  const keys = parseSelector(scanner);
  scanner.skipSpaces();
  const keyword = scanner.match(KEYWORDS)?.toUpperCase().split(/\s+/).at(-1);
  if (keyword === "EXISTS") return (root) => select(root, keys).length === 0;
  if (keyword === "NULL") return (root) => select(root, keys).includes(null);
  if (keyword) return (root) => select(root, keys).includes(keyword === "TRUE");
  const condition = parseCondition(scanner, BARE_VALUE);
  return (root) => select(root, keys).some((value) => holds(condition, value));
}

function parseSelector(scanner: Scanner): Key[] {
  scanner.expect("$");
  const keys: Key[] = [];
  for (;;) {
    const index = scanner.match(INDEX);
    if (index !== undefined) keys.push(index === "[*]" ? ALL : Number(index.slice(1, -1)));
    else if (scanner.match(NAMED) !== undefined) keys.push(parseName(scanner));
    else if (!scanner.take(".")) break;
    else if (scanner.take("*")) keys.push(ALL);
    else if (!scanner.rest.startsWith("[")) keys.push(scanner.match(PROPERTY) ?? fail(scanner));
  }
  if (keys.filter((key) => key === ALL).length > 1)
    throw invalidFilterPattern("a property selector can have no more than one wildcard");
  return keys;
}

/** What stands in `['a name']` or `["a name"]`. */
function parseName(scanner: Scanner): string {
  const name = scanner.peek() === '"' ? scanner.quoted() : scanner.match(/'[^']*'/y)?.slice(1, -1);
  if (name === undefined) throw scanner.unexpected("a property name");
  scanner.expect("]");
  return name;
}

function fail(scanner: Scanner): never {
  throw scanner.unexpected("a property name");
}

/** The values that a selector leads to: none when there is no such property, several only with a wildcard. */
function select(root: unknown, keys: readonly Key[]): unknown[] {
  let values = [root];
  for (const key of keys) values = values.flatMap((value) => stepInto(value, key));
  return values;
}

function stepInto(value: unknown, key: Key): unknown[] {
  if (value === null || typeof value !== "object") return [];
  if (key === ALL) return Object.values(value);
  if (typeof key === "number") return Array.isArray(value) && key < value.length ? [value[key]] : [];
  return !Array.isArray(value) && Object.hasOwn(value, key) ? [(value as Record<string, unknown>)[key]] : [];
}

function holds(condition: Condition, value: unknown): boolean {
  if (typeof value === "string") return condition({ text: value, number: undefined });
  return typeof value === "number" && condition({ text: String(value), number: value });
}
