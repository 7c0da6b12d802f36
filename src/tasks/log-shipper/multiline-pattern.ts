import { compileRe2 } from "./re2-matcher.ts";

/** Whether an event begins with this line. */
export type LineMatcher = (line: string) => boolean;

/** A pattern that is none. The message is that of Docker's awslogs driver. */
export class PatternError extends Error {
  override name = "PatternError";
}

/** Compiles a multiline pattern. @throws PatternError */
export function compileMultilinePattern(pattern: string): LineMatcher {
  try {
    return compileRe2(pattern);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new PatternError(
      `awslogs could not parse multiline pattern key ${JSON.stringify(pattern)}: ${cause.message}`,
    );
  }
}
