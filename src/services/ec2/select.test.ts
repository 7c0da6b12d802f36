import { expect, test } from "vitest";
import { filterRecords, page, recordsByIds } from "./select.ts";

const records = [
  { id: "vpc-1", size: 16, tags: [{ Key: "Name", Value: "web" }] },
  {
    id: "vpc-2",
    size: 24,
    tags: [
      { Key: "Name", Value: "web-blue" },
      { Key: "env", Value: "" },
    ],
  },
  { id: "vpc-3", size: 24, tags: [] },
];
const values = { "vpc-id": (each: (typeof records)[0]) => [each.id], size: (each: (typeof records)[0]) => [each.size] };
const ids = (filters: [string, ...string[]][]) =>
  filterRecords(
    records,
    filters.map(([Name, ...Values]) => ({ Name, Values })),
    values,
  ).map((each) => each.id);

test.each<[string, [string, ...string[]][], string[]]>([
  ["no filter", [], ["vpc-1", "vpc-2", "vpc-3"]],
  ["one of the values", [["vpc-id", "vpc-1", "vpc-3"]], ["vpc-1", "vpc-3"]],
  [
    "all of the filters",
    [
      ["size", "24"],
      ["tag-key", "env"],
    ],
    ["vpc-2"],
  ],
  ["a tag", [["tag:Name", "web"]], ["vpc-1"]],
  ["any characters", [["tag:Name", "web*"]], ["vpc-1", "vpc-2"]],
  ["one character", [["vpc-id", "vpc-?"]], ["vpc-1", "vpc-2", "vpc-3"]],
  ["an escaped wildcard", [["tag:Name", "web\\*"]], []],
  ["an empty tag", [["tag:env", ""]], ["vpc-2"]],
  ["other characters mean themselves", [["tag:Name", "w.b"]], []],
  ["case matters", [["tag:Name", "WEB"]], []],
  ["no values", [["vpc-id"]], []],
])("filters by %s", (_, filters, expected) => expect(ids(filters)).toEqual(expected));

test.each(["colour", "constructor"])("refuses the filter %s", (name) => {
  expect(() => ids([[name, "red"]])).toThrow(`The filter '${name}' is invalid`);
});

test("pages go through all records once", () => {
  const seen: string[] = [];
  let NextToken: string | undefined;
  do {
    const { items, NextToken: next } = page(records, { MaxResults: 2, NextToken }, (each) => each.id);
    seen.push(...items.map((each) => each.id));
    NextToken = next;
  } while (NextToken);
  expect(seen).toEqual(["vpc-1", "vpc-2", "vpc-3"]);
  expect(() => page(records, { NextToken: "x" }, (each) => each.id)).toThrow("NextToken");
});

test("an unknown id is told", () => {
  expect(recordsByIds(records, ["vpc-2"], "vpc", (each) => each.id)).toHaveLength(1);
  expect(() => recordsByIds(records, ["vpc-9"], "vpc", (each) => each.id)).toThrow("The vpc ID 'vpc-9' does not exist");
  expect(() => recordsByIds(records, ["x"], "vpc", (each) => each.id)).toThrow('Invalid id: "x" (expecting "vpc-...")');
});
