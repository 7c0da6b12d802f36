import { AwsError } from "../../base/errors.ts";
import { coralWording, type ViolationWording } from "../../wire/violation-wording.ts";

/** What IAM says of a text that has other characters than its pattern allows, by pattern. */
const RULES: ReadonlyMap<string, string> = new Map([
  ["[\\w+=,.@-]+", "It must contain only alphanumeric characters and/or the following: +=,.@_-"],
  [
    "(\\u002F)|(\\u002F[\\u0021-\\u007F]+\\u002F)",
    "It must begin and end with / and contain only alphanumeric characters and/or / characters.",
  ],
  [
    "((/[A-Za-z0-9\\.,\\+@=_-]+)*)/",
    "It must begin and end with / and contain only alphanumeric characters and/or / characters.",
  ],
  ["[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", "It must contain only printable ASCII characters."],
]);

/** Most violations as other services word them; characters that do not belong in names, paths and documents in IAM's way. */
export const iamWording: ViolationWording = (violations, code) => {
  const [first, ...others] = violations;
  const { path, breach } = first!;
  const rule = breach.rule === "pattern" ? RULES.get(breach.pattern) : undefined;
  if (rule === undefined || others.length) return coralWording(violations, code);
  const name = String(path.at(-1));
  return new AwsError(
    code,
    `The specified value for ${name.charAt(0).toLowerCase()}${name.slice(1)} is invalid. ${rule}`,
  );
};
