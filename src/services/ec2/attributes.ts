import { invalidParameterCombination, missingParameter } from "./errors.ts";

/**
 * Operations that modify attributes take one at a time.
 * @param given every attribute of the operation, by its name in AWS's errors
 * @throws AwsError InvalidParameterCombination, MissingParameter
 */
export function oneAttribute(given: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  if (names.length > 1)
    throw invalidParameterCombination(`Fields for multiple attribute types specified: ${names.join(", ")}`);
  if (!names.length) throw missingParameter("No attributes specified.");
}
