import { AwsError } from "../base/errors.ts";
import type { Breach } from "./constraint.ts";
import type { Violation } from "./validate.ts";

/** Turns the violations of one request, at least one, into the error that its service answers. */
export type ViolationWording = (violations: readonly Violation[], code: string) => AwsError;

/** `1 validation error detected: Value '…' at '…' failed to satisfy constraint: …`: most services. */
export const coralWording: ViolationWording = (violations, code) => {
  const errors = violations.map(
    (violation) =>
      `Value${shown(violation)} at '${coralPath(violation.path)}' failed to satisfy constraint: ${constraint(violation)}`,
  );
  const count = `${errors.length} validation error${errors.length === 1 ? "" : "s"} detected`;
  return new AwsError(code, `${count}: ${errors.join("; ")}`);
};

/** `Invalid parameter at '…' failed to satisfy constraint: '…'`: ECR, which reports the first violation. */
export const parameterWording: ViolationWording = ([violation], code) => {
  const text = constraint(violation!)
    .replace(/^Member /, "")
    .replace(/regular expression pattern: (.*)$/s, "regular expression '$1'");
  return new AwsError(
    code,
    `Invalid parameter at '${coralPath(violation!.path)}' failed to satisfy constraint: '${text}'`,
  );
};

/** EC2: `MissingParameter`, or `InvalidParameterValue` with `Value (…) for parameter … is invalid.` */
export const ec2Wording: ViolationWording = ([violation]) => {
  const { path, breach, value, sensitive } = violation!;
  const name = path.filter((part) => part !== "member").join(".");
  if (breach.rule === "required")
    return new AwsError("MissingParameter", `The request must contain the parameter ${name}`);
  const parameter = lowerFirst(name);
  const text = sensitive ? "" : typeof value === "number" ? ` ${value} ` : plain(value);
  if (breach.rule === "min" && breach.of === "value")
    return invalidValue(text, parameter, `Expecting a value greater than ${breach.limit}.`);
  if (breach.rule === "max" && breach.of === "value")
    return invalidValue(text, parameter, `Expecting a value less than ${breach.limit}.`);
  return invalidValue(text, parameter);
};

function invalidValue(value: string, parameter: string, hint = ""): AwsError {
  return new AwsError(
    "InvalidParameterValue",
    `Value (${value}) for parameter ${parameter} is invalid.${hint && ` ${hint}`}`,
  );
}

/** With a space before it; nothing for a secret, as AWS does. */
function shown({ value, sensitive }: Violation): string {
  if (sensitive) return "";
  return value === null ? " null" : ` '${plain(value)}'`;
}

/** As Java prints it: lists in square brackets, maps in braces. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(", ")}]`;
  if (value instanceof Uint8Array) return `<${value.byteLength} bytes>`;
  if (value instanceof Date) return value.toISOString();
  if (value && typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${plain(item)}`)
      .join(", ")}}`;
  return String(value);
}

function coralPath(path: Violation["path"]): string {
  return path.map((part) => (typeof part === "string" ? lowerFirst(part) : part)).join(".");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function constraint({ breach, itemRules }: Violation): string {
  if (itemRules) return `Member must satisfy constraint: [${itemRules.map(rule).join(", ")}]`;
  return rule(breach);
}

function rule(breach: Breach): string {
  switch (breach.rule) {
    case "required":
      return "Member must not be null";
    case "pattern":
      return `Member must satisfy regular expression pattern: ${breach.pattern}`;
    case "max":
      return `Member must have ${breach.of} less than or equal to ${breach.limit}`;
    case "min":
      return `Member must have ${breach.of} greater than or equal to ${breach.limit}`;
    case "enum":
      return `Member must satisfy enum value set: [${breach.values.join(", ")}]`;
  }
}
