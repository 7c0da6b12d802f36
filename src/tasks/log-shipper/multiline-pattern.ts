import { setFlagsFromString } from "node:v8";
import { toLinearSource } from "./re2.ts";

/** The flag of V8's engine without backtracking. */
const LINEAR = "l";

/** Whether an event begins with this line. */
export type LineMatcher = (line: string) => boolean;

/** A pattern that is none. The message is that of Docker's awslogs driver. */
export class PatternError extends Error {
  override name = "PatternError";
}

/**
 * Compiles a multiline pattern. It is run by V8's engine without backtracking: each line takes time in proportion to its
 * length, whatever the pattern, as with the RE2 engine of AWS. It knows no back references and no look-around, nor does
 * RE2.
 * @throws PatternError
 */
export function compileMultilinePattern(pattern: string): LineMatcher {
  // Adds the flag `l` to regular expressions and changes nothing else.
  setFlagsFromString("--enable-experimental-regexp-engine");
  try {
    const expression = new RegExp(toLinearSource(pattern), LINEAR);
    return (line) => expression.test(line);
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : String(cause);
    throw new PatternError(
      `awslogs could not parse multiline pattern key ${JSON.stringify(pattern)}: error parsing regexp: ${reason}`,
    );
  }
}
