import { invalidFilterPattern } from "../errors.ts";
import type { Matcher } from "./regex.ts";
import { Scanner } from "./scanner.ts";

const BARE_TERM = /[^\s"]+/y;
const ALLOWED_BARE = /^\w+$/;

/**
 * Terms that must all occur (`ERROR "not found"`), or, with a question mark each, of which one must (`?ERROR ?WARN`),
 * and terms that must not (`-DEBUG`). Terms are found inside of words, and case counts. As on AWS, question marks mean
 * nothing when other terms are there: those decide alone.
 */
export function parseTerms(pattern: string): Matcher {
  const scanner = new Scanner(pattern);
  const terms: { sign: string; text: string }[] = [];
  while (!scanner.skipSpaces().done) {
    const sign = scanner.match(/[?-]/y) ?? "";
    terms.push({ sign, text: scanner.peek() === '"' ? scanner.quoted() : bareTerm(scanner) });
  }
  const ofSign = (sign: string) => terms.filter((term) => term.sign === sign).map((term) => term.text);
  const [required, excluded, optional] = [ofSign(""), ofSign("-"), ofSign("?")];
  const onlyOptional = !required.length && !excluded.length;
  return (message) =>
    required.every((term) => contains(message, term)) &&
    !excluded.some((term) => contains(message, term)) &&
    (!onlyOptional || optional.some((term) => contains(message, term)));
}

function bareTerm(scanner: Scanner): string {
  const term = scanner.match(BARE_TERM) ?? "";
  if (!ALLOWED_BARE.test(term)) throw invalidFilterPattern(`Invalid character(s) in term '${term}'`);
  return term;
}

/** `" "` matches every event. */
function contains(message: string, term: string): boolean {
  return term.trim() === "" || message.includes(term);
}
