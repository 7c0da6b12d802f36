import type { FilterCondition } from "@aws-sdk/client-servicediscovery";
import { invalidInput } from "./errors.ts";

interface Filter {
  Name: string | undefined;
  Values: string[] | undefined;
  Condition?: FilterCondition | undefined;
}

/** What a filter looks at, and the conditions that it takes. */
export interface FilterField<T> {
  conditions: readonly FilterCondition[];
  values(item: T): readonly string[];
}

/**
 * The items that pass every filter.
 * @throws AwsError InvalidInput for a condition or a number of values that the filter does not take
 */
export function filterItems<T>(
  items: readonly T[],
  filters: readonly Filter[] | undefined,
  fields: Readonly<Record<string, FilterField<T>>>,
): T[] {
  const tests = (filters ?? []).map((filter) => filterTest(filter, fields));
  return items.filter((item) => tests.every((test) => test(item)));
}

function filterTest<T>(filter: Filter, fields: Readonly<Record<string, FilterField<T>>>): (item: T) => boolean {
  const { Name = "", Values = [], Condition = "EQ" } = filter;
  const field = fields[Name];
  if (!field?.conditions.includes(Condition))
    throw invalidInput(`The condition ${Condition} is not supported for the filter ${Name}.`);
  const wanted = { EQ: 1, BEGINS_WITH: 1, BETWEEN: 2, IN: undefined }[Condition];
  if (wanted === undefined ? Values.length === 0 : Values.length !== wanted)
    throw invalidInput(`The filter ${Name} with the condition ${Condition} takes ${wanted ?? "at least 1"} value(s).`);
  const passes = conditionTest(Condition, Values);
  return (item) => field.values(item).some(passes);
}

function conditionTest(condition: FilterCondition, values: readonly string[]): (value: string) => boolean {
  const [first = "", second = ""] = values;
  switch (condition) {
    case "EQ":
    case "IN":
      return (value) => values.includes(value);
    case "BEGINS_WITH":
      return (value) => value.startsWith(first);
    case "BETWEEN": {
      const [from, to] = [Number(first), Number(second)];
      if (Number.isNaN(from) || Number.isNaN(to)) throw invalidInput(`Invalid date range: ${first}, ${second}`);
      return (value) => Number(value) >= from && Number(value) <= to;
    }
  }
}
