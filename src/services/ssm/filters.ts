import type { ParameterStringFilter } from "@aws-sdk/client-ssm";
import {
  duplicateFilter,
  invalidFilterKey,
  invalidFilterOption,
  invalidFilterValue,
  missingFilterValues,
} from "./errors.ts";
import { hierarchyOf, isIn } from "./listing.ts";
import { pathOf } from "./names.ts";
import type { ParameterRecord, VersionRecord } from "./records.ts";

/** A version of a parameter that passes filters or does not. */
type Filtered = Pick<ParameterRecord, "name" | "tags" | "labels"> & { version: VersionRecord };
type Test = (candidate: Filtered) => boolean;

/** The keys that an operation knows, with their options; the first is meant where none is given. */
type FilterKeys = Readonly<Record<string, readonly string[]>>;

const TEXT = ["Equals", "BeginsWith"];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  Type: ["String", "StringList", "SecureString"],
  Tier: ["Standard", "Advanced", "Intelligent-Tiering"],
};

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
export const DESCRIBE_KEYS: FilterKeys = {
  Path: ["OneLevel", "Recursive"],
  Name: ["Equals", "BeginsWith", "Contains"],
  Type: TEXT,
  KeyId: TEXT,
  Tier: TEXT,
  DataType: TEXT,
  tag: TEXT,
};

export const PATH_KEYS: FilterKeys = { Type: TEXT, KeyId: TEXT, Label: TEXT };

/**
 * Whether a version passes all filters, with one value of each.
 * @throws AwsError InvalidFilterKey, InvalidFilterOption, InvalidFilterValue
 */
export function compileFilters(filters: readonly ParameterStringFilter[], keys: FilterKeys): Test {
  const seen = new Set<string>();
  const tests = filters.map((filter) => {
    if (seen.has(filter.Key!)) throw duplicateFilter(filter.Key!);
    seen.add(filter.Key!);
    return compile(filter, keys);
  });
  return (candidate) => tests.every((test) => test(candidate));
}

function compile({ Key, Option, Values }: ParameterStringFilter, keys: FilterKeys): Test {
  const tag = Key!.startsWith("tag:") ? Key!.slice(4) : undefined;
  const kind = tag === undefined ? Key! : "tag";
  const options = keys[kind];
  if (!options) throw invalidFilterKey(Key!, Object.keys(keys));
  const option = Option ?? options[0]!;
  if (!options.includes(option)) throw invalidFilterOption(option, options);
  if (tag !== undefined && !Values?.length) return ({ tags }) => tags.some((one) => one.Key === tag);
  if (!Values?.length) throw missingFilterValues(Key!);
  for (const value of Values)
    if (option === "Equals" && VALUES[kind]?.includes(value) === false) throw invalidFilterValue(value, VALUES[kind]);
  if (kind === "Path") return inPaths(Values, option === "Recursive");
  return (candidate) => texts(candidate, kind, tag).some((text) => Values.some((value) => fits(text, option, value)));
}

function inPaths(paths: readonly string[], recursive: boolean): Test {
  const hierarchies = paths.map((path) => ({ prefix: hierarchyOf(path), recursive }));
  return ({ name }) => hierarchies.some((hierarchy) => isIn(pathOf(name), hierarchy));
}

/** What of a version a filter is compared with. */
function texts({ name, tags, labels, version }: Filtered, kind: string, tag: string | undefined): string[] {
  switch (kind) {
    case "Name":
      return [name];
    case "Type":
      return [version.type];
    case "KeyId":
      return version.keyId === undefined ? [] : [version.keyId];
    case "Tier":
      return [version.tier];
    case "DataType":
      return [version.dataType];
    case "Label":
      return labels[version.version] ?? [];
    default:
      return tags.filter(({ Key }) => Key === tag).map(({ Value }) => Value!);
  }
}

function fits(text: string, option: string, value: string): boolean {
  if (option === "BeginsWith") return text.startsWith(value);
  return option === "Contains" ? text.includes(value) : text === value;
}
