import type { Filter, Tag } from "@aws-sdk/client-ec2";
import { Glob, type GlobPart } from "../../base/glob.ts";
import { invalidFilter, invalidNextToken, notFound, type IdPrefix } from "./errors.ts";
import { checkId } from "./resource-ids.ts";

/** The values that a record has for each filter of an operation; a record matches when one of them does. */
export type FilterValues<T> = Readonly<
  Record<string, (record: T) => readonly (string | number | boolean | undefined)[]>
>;

interface Tagged {
  tags: readonly Tag[];
}

/**
 * The records that pass all filters, where a filter is passed by one of its values; `*` and `?` stand for any characters.
 * `tag:KEY` and `tag-key` are known to every operation.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 * @throws AwsError InvalidParameterValue for a filter that the operation does not have
 */
export function filterRecords<T extends Tagged>(
  records: readonly T[],
  filters: readonly Filter[] | undefined,
  values: FilterValues<T>,
): T[] {
  const tests = (filters ?? []).map(({ Name = "", Values = [] }) => {
    const of = valuesOf(Name, values);
    const patterns = Values.map(pattern);
    return (record: T) => of(record).some((value) => patterns.some((each) => each.matches(value)));
  });
  return records.filter((record) => tests.every((test) => test(record)));
}

function valuesOf<T extends Tagged>(name: string, values: FilterValues<T>): (record: T) => string[] {
  if (name.startsWith("tag:")) {
    const key = name.slice("tag:".length);
    return (record) => record.tags.filter((tag) => tag.Key === key).map((tag) => tag.Value ?? "");
  }
  if (name === "tag-key") return (record) => record.tags.map((tag) => tag.Key ?? "");
  const own = Object.hasOwn(values, name) ? values[name] : undefined;
  if (!own) throw invalidFilter(name);
  return (record) => own(record).flatMap((value) => (value === undefined ? [] : [String(value)]));
}

/** A filter value with its wildcards: a backslash takes the meaning of the next character. */
function pattern(value: string): Glob {
  const parts = value
    .matchAll(/\\(.)|([*?])|[^\\*?]+|\\$/gs)
    .map(([part, escaped, wildcard]): GlobPart =>
      wildcard === "*" || wildcard === "?" ? { wildcard } : { text: escaped ?? part },
    );
  return new Glob([...parts]);
}

/**
 * The records with the ids asked for, or all of them.
 * @throws AwsError `Invalid….NotFound` for the first that does not exist, `Invalid….Malformed` for what is no id
 */
export function recordsByIds<T>(
  records: readonly T[],
  ids: readonly string[] | undefined,
  prefix: IdPrefix,
  idOf: (record: T) => string,
): readonly T[] {
  if (!ids?.length) return records;
  const byId = new Map(records.map((record) => [idOf(record), record]));
  for (const id of ids) {
    checkId(prefix, id);
    if (!byId.has(id)) throw notFound(prefix, id);
  }
  return records.filter((record) => ids.includes(idOf(record)));
}

/**
 * One page of records that are sorted by id.
 * @throws AwsError InvalidNextToken
 */
export function page<T>(
  records: readonly T[],
  { MaxResults, NextToken }: { MaxResults?: number; NextToken?: string },
  idOf: (record: T) => string,
): { items: T[]; NextToken?: string } {
  const after = NextToken ? readToken(NextToken) : "";
  const rest = records.filter((record) => idOf(record) > after);
  const items = rest.slice(0, MaxResults);
  return items.length < rest.length ? { items, NextToken: writeToken(idOf(items.at(-1)!)) } : { items };
}

function writeToken(id: string): string {
  return Buffer.from(`after:${id}`).toString("base64url");
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith("after:")) throw invalidNextToken();
  return text.slice("after:".length);
}
