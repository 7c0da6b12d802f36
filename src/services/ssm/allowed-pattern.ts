import { createContext, runInContext } from "node:vm";
import { invalidPattern, patternMismatch } from "./errors.ts";

/** A pattern that takes longer has exponential time for this value. */
const TIMEOUT_MS = 100;

/**
 * Checks that a whole value matches the pattern of its parameter.
 * @throws AwsError InvalidAllowedPatternException, ParameterPatternMismatchException
 */
export function checkPattern(pattern: string, value: string): void {
  const regex = compile(pattern);
  let matches: unknown;
  try {
    // Only there a regular expression can be interrupted.
    matches = runInContext("regex.test(value)", createContext({ regex, value }), { timeout: TIMEOUT_MS });
  } catch {
    throw invalidPattern();
  }
  if (matches !== true) throw patternMismatch(pattern);
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, "u");
  } catch {
    throw invalidPattern();
  }
}
