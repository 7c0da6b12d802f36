import { parseArn } from "../../base/arn.ts";
import { arnParts } from "./arn-parts.ts";
import { isInRange, parseAddress, parseIpRange } from "./ip-range.ts";
import type { KeyValues } from "./key-values.ts";
import { compilePattern, type Pattern } from "./pattern.ts";

/** Compares a value of the request with one of the policy. */
export type Comparison = Pattern;

/** How a condition operator compares. */
export interface Operator {
  /** `…NotEquals`: true of what matches none. */
  negated: boolean;
  /** Whether the policy's values may have variables. */
  variables: boolean;
  /**
   * Prepares the comparison with one of the policy's values.
   * @returns `undefined` for a value that makes no sense with this operator
   */
  compile(wanted: string, version: { variables: boolean }): Comparison | undefined;
}

type Compile = Operator["compile"];

const never: Comparison = { matches: () => false };

function strings(wildcards: boolean, ignoreCase = false): Compile {
  return (wanted, { variables }) => compilePattern(wanted, { variables, wildcards, ignoreCase });
}

function numeric(test: (value: number, wanted: number) => boolean): Compile {
  return ordered(parseNumber, test);
}

function date(test: (value: number, wanted: number) => boolean): Compile {
  return ordered(parseDate, test);
}

function ordered(
  parse: (text: string) => number | undefined,
  test: (value: number, wanted: number) => boolean,
): Compile {
  return (wanted) => {
    const limit = parse(wanted);
    if (limit === undefined) return undefined;
    return {
      matches: (value) => {
        const number = parse(value);
        return number !== undefined && test(number, limit);
      },
    };
  };
}

const bool: Compile = (wanted) => {
  const lower = wanted.toLowerCase();
  return { matches: (value) => value.toLowerCase() === lower };
};

const binary: Compile = (wanted) => {
  const bytes = Buffer.from(wanted, "base64");
  return { matches: (value) => Buffer.from(value, "base64").equals(bytes) };
};

const address: Compile = (wanted) => {
  const range = parseIpRange(wanted);
  if (!range) return undefined;
  return {
    matches: (value) => {
      const bytes = parseAddress(value);
      return bytes !== undefined && isInRange(bytes, range);
    },
  };
};

/** Each of the six parts of an ARN is compared for itself. */
const arn: Compile = (wanted, { variables }) => {
  const parts = arnParts(wanted);
  if (parts.length < 6 || parts[0] !== "arn") return never;
  const patterns = parts.slice(1).map((part) => compilePattern(part, { variables, wildcards: true }));
  return {
    matches: (value: string, keys: KeyValues) => {
      const given = parseArn(value);
      if (!given) return false;
      const { partition, service, region, account, resource } = given;
      const fields = [partition, service, region, account, resource];
      return patterns.every((pattern, index) => pattern.matches(fields[index]!, keys));
    },
  };
};

function parseNumber(value: string): number | undefined {
  return /^\s*[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?\s*$/i.test(value) ? Number(value) : undefined;
}

/** A moment in one of ISO 8601's forms, or seconds since 1970; in milliseconds. */
export function parseDate(value: string): number | undefined {
  if (/^\s*-?\d+(\.\d+)?\s*$/.test(value) && value.trim().length !== 4) return Number(value) * 1000;
  const iso = /^\s*(\d{4})(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d:?\d\d)?)?)?)?\s*$/.exec(value);
  if (!iso) return undefined;
  const time = iso[4] !== undefined && iso[7] === undefined ? `${value.trim()}Z` : value.trim();
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
}

function pair(name: string, negatedName: string, compile: Compile, variables = false): [string, Operator][] {
  return [
    [name, { negated: false, variables, compile }],
    [negatedName, { negated: true, variables, compile }],
  ];
}

function single(name: string, compile: Compile): [string, Operator] {
  return [name, { negated: false, variables: false, compile }];
}

function comparisons(
  kind: string,
  of: (test: (value: number, wanted: number) => boolean) => Compile,
): [string, Operator][] {
  return [
    ...pair(
      `${kind}Equals`,
      `${kind}NotEquals`,
      of((value, wanted) => value === wanted),
    ),
    single(
      `${kind}LessThan`,
      of((value, wanted) => value < wanted),
    ),
    single(
      `${kind}LessThanEquals`,
      of((value, wanted) => value <= wanted),
    ),
    single(
      `${kind}GreaterThan`,
      of((value, wanted) => value > wanted),
    ),
    single(
      `${kind}GreaterThanEquals`,
      of((value, wanted) => value >= wanted),
    ),
  ];
}

/** By name in lower case, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [
    ...pair("StringEquals", "StringNotEquals", strings(false), true),
    ...pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", strings(false, true), true),
    ...pair("StringLike", "StringNotLike", strings(true), true),
    ...comparisons("Numeric", numeric),
    ...comparisons("Date", date),
    single("Bool", bool),
    single("BinaryEquals", binary),
    ...pair("IpAddress", "NotIpAddress", address),
    ...pair("ArnEquals", "ArnNotEquals", arn, true),
    ...pair("ArnLike", "ArnNotLike", arn, true),
  ].map(([name, operator]) => [name.toLowerCase(), operator]),
);

/** A condition operator by its name without prefix and suffix, in whatever case. */
export function findOperator(name: string): Operator | undefined {
  return OPERATORS.get(name.toLowerCase());
}
