import { expect, test } from "vitest";
import { nameIn, nameInCluster } from "./identifiers.ts";

const scope = { account: "000000000000", region: "us-east-1" };
const arn = (resource: string, account = scope.account, region = scope.region) =>
  `arn:aws:ecs:${region}:${account}:${resource}`;

test.each([
  ["web", "web"],
  [arn("cluster/web"), "web"],
  [arn("service/web"), undefined],
  [arn("cluster/web", scope.account, "eu-west-1"), undefined],
])("cluster %s is %s", (reference, name) => {
  expect(nameIn(reference, "cluster", scope)).toBe(name);
});

test.each([
  ["api", "api"],
  ["web/api", "api"],
  [arn("service/web/api"), "api"],
  [arn("service/api"), "api"],
  [arn("task/web/api"), undefined],
])("service %s of cluster web is %s", (reference, name) => {
  expect(nameInCluster(reference, "service", "web", scope)).toBe(name);
});

test.each([
  ["a/b", "Invalid identifier: Unexpected number of separators"],
  [arn("cluster/a/b"), "Invalid identifier: Unexpected number of separators"],
  [arn(`cluster/${arn("cluster/a")}`), "Invalid identifier: Unexpected number of separators"],
  [arn("cluster/a", "111111111111"), "AccountIDs mismatch"],
])("cluster %s is refused", (reference, message) => {
  expect(() => nameIn(reference, "cluster", scope)).toThrow(
    expect.objectContaining({ code: "InvalidParameterException", message }),
  );
});

test.each([
  ["a/b/c", "Invalid identifier: Unexpected number of separators"],
  [arn("task/a/b/c"), "Invalid identifier: Unexpected number of separators"],
  [arn("task"), "Invalid identifier: Unexpected number of separators"],
  [arn("task/other/0123"), "Invalid identifier: Identifier is for cluster other. Your cluster is web"],
  [arn("task/web/0123", "111111111111"), "AccountIDs mismatch"],
])("task %s of cluster web is refused", (reference, message) => {
  expect(() => nameInCluster(reference, "task", "web", scope)).toThrow(
    expect.objectContaining({ code: "InvalidParameterException", message }),
  );
});
