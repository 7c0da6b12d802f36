import type { HealthStatus } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { presenceOf, taskHealth, type TaskRecord } from "./task-record.ts";

/** A container: how it is; whether its end is the task's; whether it has a health check. */
type Shape = [healthStatus: HealthStatus, essential?: boolean, checked?: boolean];

function taskOf(...shapes: Shape[]): TaskRecord {
  return {
    definition: {
      containerDefinitions: shapes.map(([, essential = true, checked = true], index) => ({
        name: `c${index}`,
        essential,
        ...(checked ? { healthCheck: { command: ["CMD", "true"] } } : {}),
      })),
    },
    containers: shapes.map(([healthStatus], index) => ({ name: `c${index}`, healthStatus })),
  } as unknown as TaskRecord;
}

describe("the health of a task", () => {
  test.each<[expected: HealthStatus, ...shapes: Shape[]]>([
    ["HEALTHY", ["HEALTHY"]],
    ["HEALTHY", ["HEALTHY"], ["HEALTHY"]],
    ["UNHEALTHY", ["HEALTHY"], ["UNHEALTHY"]],
    ["UNHEALTHY", ["UNKNOWN"], ["UNHEALTHY"]],
    ["UNKNOWN", ["HEALTHY"], ["UNKNOWN"]],
    ["UNKNOWN", ["HEALTHY"], ["UNKNOWN", true, false]],
    ["UNKNOWN", ["UNKNOWN", true, false]],
    // Those that are not essential do not count.
    ["HEALTHY", ["HEALTHY"], ["UNHEALTHY", false]],
    ["HEALTHY", ["HEALTHY"], ["UNKNOWN", false]],
    ["UNKNOWN", ["UNKNOWN", true, false], ["HEALTHY", false]],
    ["UNKNOWN", ["UNKNOWN", true, false], ["UNHEALTHY", false]],
  ])("%s of %j, %j", (expected, ...shapes) => expect(taskHealth(taskOf(...shapes))).toBe(expected));
});

describe("as what others find a task", () => {
  test.each<[expected: string, ...shapes: Shape[]]>([
    ["HEALTHY", ["UNKNOWN", true, false]],
    ["HEALTHY", ["UNKNOWN", true, false], ["HEALTHY"]],
    ["HEALTHY", ["HEALTHY"], ["UNHEALTHY", false]],
    ["UNHEALTHY", ["UNKNOWN"]],
    ["UNHEALTHY", ["HEALTHY"], ["UNHEALTHY"]],
  ])("%s of %j, %j", (expected, ...shapes) => expect(presenceOf(taskOf(...shapes))).toBe(expected));
});
