import { setFlagsFromString } from "node:v8";
import { toLinearSource } from "./re2.ts";

/** The flag of V8's engine without backtracking. */
const LINEAR = "l";

/**
 * Compiles a pattern of RE2's syntax, which AWS's log drivers take. It is run by V8's engine without backtracking: each
 * text takes time in proportion to its length, whatever the pattern, as with RE2 itself. It knows no back references and
 * no look-around, nor does RE2.
 * @returns whether the pattern occurs in a text
 * @throws SyntaxError in the words of Go's library
 */
export function compileRe2(pattern: string): (text: string) => boolean {
  // Adds the flag `l` to regular expressions and changes nothing else.
  setFlagsFromString("--enable-experimental-regexp-engine");
  try {
    const expression = new RegExp(toLinearSource(pattern), LINEAR);
    return (text) => expression.test(text);
  } catch (cause) {
    throw new SyntaxError(`error parsing regexp: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
