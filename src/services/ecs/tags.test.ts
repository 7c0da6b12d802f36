import { expect, test } from "vitest";
import { clientError } from "./errors.ts";
import { checkTags, mergeTags, withoutTags, withTags } from "./tags.ts";

const many = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "" }));

test.each([
  [[{ value: "v" }], "Tag key can not be null."],
  [[{ key: "k" }], "Tag value can not be null."],
  [[{ key: "x".repeat(129), value: "" }], "Tag key longer than 128."],
  [[{ key: "k", value: "x".repeat(257) }], "Tag value longer than 256."],
  [
    [{ key: "a,b", value: "" }],
    "Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @.",
  ],
  [[{ key: "AWS:x", value: "" }], "aws: prefixed tag key names are not allowed for external use."],
  [many(51), "The maximum number of tags per resource is 50."],
  [
    [
      { key: "k", value: "1" },
      { key: "k", value: "2" },
    ],
    "Duplicate tag keys found: k",
  ],
])("%j is refused", (tags, message) => {
  expect(() => checkTags(tags)).toThrow(expect.objectContaining({ code: "InvalidParameterException", message }));
  expect(() => checkTags(tags, clientError)).toThrow(expect.objectContaining({ code: "ClientException", message }));
});

test("letters of any script, and empty values, pass", () => {
  const tags = [{ key: "größe/日本 1", value: "" }];
  expect(checkTags(tags)).toEqual(tags);
  expect(checkTags(undefined)).toEqual([]);
});

test("setting replaces in place and appends; ECS's own tags do not count", () => {
  const before = [...many(49), { key: "aws:ecs:clusterName", value: "c" }];
  const after = withTags(before, [
    { key: "k0", value: "new" },
    { key: "last", value: "" },
  ]);
  expect(after).toHaveLength(51);
  expect(after[0]).toEqual({ key: "k0", value: "new" });
  expect(() => withTags(after, [{ key: "more", value: "" }])).toThrow("The maximum number of tags per resource is 50.");
});

test("removing leaves ECS's own tags, and forgives keys that are not there", () => {
  const tags = [
    { key: "aws:ecs:clusterName", value: "c" },
    { key: "a", value: "1" },
  ];
  expect(withoutTags(tags, ["a", "b", "aws:ecs:clusterName"])).toEqual([tags[0]]);
});

test("merging keeps the earlier source's value", () => {
  expect(
    mergeTags(
      [{ key: "a", value: "1" }],
      [
        { key: "a", value: "2" },
        { key: "b", value: "3" },
      ],
    ),
  ).toEqual([
    { key: "a", value: "1" },
    { key: "b", value: "3" },
  ]);
});
