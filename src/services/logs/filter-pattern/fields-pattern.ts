import { invalidFilterPattern } from "../errors.ts";
import { numberOf, parseCondition, type Condition } from "./condition.ts";
import type { Matcher } from "./regex.ts";
import { Scanner } from "./scanner.ts";

const ELLIPSIS = "...";
const NAME = /[A-Za-z0-9_$-]+/y;
const BARE_VALUE = /[^\s,\]&|()"%=<>!]+/y;
const FIELD = /"([^"]*)"|\[([^\]]*)\]|(\S+)/g;

/**
 * Conditions on events whose fields are parted by spaces: `[ip, user, ..., status = 4* || status = 5*, bytes > 1000]`.
 * What stands in double quotes or square brackets is one field. The three dots stand for any number of fields.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-space-delimited-log-events.html
 */
export function parseFieldsPattern(pattern: string): Matcher {
  const scanner = new Scanner(pattern);
  scanner.expect("[");
  const before: Condition[] = [];
  let behind: Condition[] | undefined;
  do {
    scanner.skipSpaces();
    if (!scanner.take(ELLIPSIS)) (behind ?? before).push(parseField(scanner));
    else if (behind) throw invalidFilterPattern(`${ELLIPSIS} can stand only once`);
    else behind = [];
    scanner.skipSpaces();
  } while (scanner.take(","));
  scanner.expect("]");
  if (!scanner.skipSpaces().done) throw scanner.unexpected("the end");
  return (message) => matchFields(splitFields(message), before, behind);
}

/** `name`, `name = value`, `name > 5 && name < 9`, or nothing for a field that does not matter. */
function parseField(scanner: Scanner): Condition {
  const name = scanner.match(NAME);
  scanner.skipSpaces();
  if (name === undefined || /^[,\]]?$/.test(scanner.peek())) return () => true;
  return parseAny(scanner, name);
}

/** Stands behind the name of its first condition. */
function parseAny(scanner: Scanner, name: string): Condition {
  const parts = [parseAll(scanner, name)];
  while (scanner.take("||")) {
    expectName(scanner, name);
    parts.push(parseAll(scanner, name));
  }
  return (value) => parts.some((part) => part(value));
}

function parseAll(scanner: Scanner, name: string): Condition {
  const parts = [parseCondition(scanner, BARE_VALUE)];
  while (scanner.skipSpaces().take("&&")) {
    expectName(scanner, name);
    parts.push(parseCondition(scanner, BARE_VALUE));
  }
  return (value) => parts.every((part) => part(value));
}

/** All conditions of one field speak of that field. */
function expectName(scanner: Scanner, name: string): void {
  const found = scanner.skipSpaces().match(NAME);
  if (found !== name) throw invalidFilterPattern(`expected '${name}', found '${found ?? ""}'`);
  scanner.skipSpaces();
}

function splitFields(message: string): string[] {
  return Array.from(message.matchAll(FIELD), ([, quoted, bracketed, plain]) => quoted ?? bracketed ?? plain ?? "");
}

function matchFields(fields: string[], before: Condition[], behind: Condition[] | undefined): boolean {
  if (behind ? fields.length < before.length + behind.length : fields.length !== before.length) return false;
  const start = behind ? fields.length - behind.length : 0;
  return (
    before.every((condition, i) => holds(condition, fields[i]!)) &&
    (behind ?? []).every((condition, i) => holds(condition, fields[start + i]!))
  );
}

function holds(condition: Condition, text: string): boolean {
  return condition({ text, number: numberOf(text) });
}
