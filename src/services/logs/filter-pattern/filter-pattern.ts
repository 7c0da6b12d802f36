import { invalidFilterPattern } from "../errors.ts";
import { parseFieldsPattern } from "./fields-pattern.ts";
import { parseJsonPattern } from "./json-pattern.ts";
import type { Matcher } from "./regex.ts";
import { Scanner } from "./scanner.ts";
import { parseTerms } from "./terms-pattern.ts";

/**
 * Compiles a filter pattern into a test of messages.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws AwsError `InvalidParameterException` when it is not one
 */
export function parseFilterPattern(text: string): Matcher {
  const pattern = text.trim();
  if (pattern === "") return () => true;
  for (const [open, close] of [
    ["{", "}"],
    ["[", "]"],
  ] as const)
    if (pattern.startsWith(open) && !pattern.endsWith(close))
      throw invalidFilterPattern(`If a filter pattern starts with '${open}' it must end with '${close}'`);
  if (pattern.startsWith("{")) return parseJsonPattern(pattern);
  if (pattern.startsWith("[")) return parseFieldsPattern(pattern);
  if (pattern.startsWith("%")) return parseRegexPattern(pattern);
  return parseTerms(pattern);
}

function parseRegexPattern(pattern: string): Matcher {
  const scanner = new Scanner(pattern);
  const matches = scanner.regex();
  if (!scanner.done) throw scanner.unexpected("the end");
  return matches;
}
