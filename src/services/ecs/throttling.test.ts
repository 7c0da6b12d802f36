import * as sdk from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import { ecsRequestBuckets } from "./throttling.ts";

const OPERATIONS = Object.keys(sdk)
  .filter((name) => name.endsWith("Command") && name !== "$Command")
  .map((name) => name.slice(0, -"Command".length));

test.each(OPERATIONS)("%s is in one category", (operation) => {
  const names = ecsRequestBuckets(operation).map(({ name }) => name);
  expect(names.filter((name) => name !== "Fargate RunTask")).toHaveLength(1);
});

test("operations of a category share a bucket, and RunTask is counted by Fargate too", () => {
  expect(ecsRequestBuckets("DescribeClusters")).toEqual([{ name: "Cluster read", burst: 50, perSecond: 20 }]);
  expect(ecsRequestBuckets("ListClusters")).toEqual(ecsRequestBuckets("DescribeClusters"));
  expect(ecsRequestBuckets("RunTask")).toEqual([
    { name: "Cluster resource modify", burst: 100, perSecond: 40 },
    { name: "Fargate RunTask", burst: 20, perSecond: 20 },
  ]);
});
