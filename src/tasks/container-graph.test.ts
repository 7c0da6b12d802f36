import { describe, expect, test } from "vitest";
import { findCycle, mayStop, startDecision, type GraphNode } from "./container-graph.ts";

function node(name: string, changes: Partial<GraphNode> = {}): GraphNode {
  return {
    name,
    phase: "NONE",
    exitCode: undefined,
    healthy: false,
    hasHealthCheck: false,
    startedAt: undefined,
    startTimeout: undefined,
    dependsOn: [],
    ...changes,
  };
}

type Condition = "START" | "COMPLETE" | "SUCCESS" | "HEALTHY";
const decide = (condition: Condition, target: Partial<GraphNode>, now = 0) =>
  startDecision(node("app", { dependsOn: [{ containerName: "db", condition }] }), [node("db", target)], now);

describe("dependsOn", () => {
  test.each<[Condition, Partial<GraphNode>, boolean]>([
    ["START", { phase: "NONE" }, false],
    ["START", { phase: "RUNNING" }, true],
    ["START", { phase: "STOPPED", exitCode: 1 }, true],
    ["COMPLETE", { phase: "RUNNING" }, false],
    ["COMPLETE", { phase: "STOPPED", exitCode: 3 }, true],
    ["SUCCESS", { phase: "RUNNING" }, false],
    ["SUCCESS", { phase: "STOPPED", exitCode: 0 }, true],
    ["HEALTHY", { phase: "RUNNING", hasHealthCheck: true, healthy: false }, false],
    ["HEALTHY", { phase: "RUNNING", hasHealthCheck: true, healthy: true }, true],
  ])("%s with %j: %j", (condition, target, go) => {
    expect(decide(condition, target).go).toBe(go);
  });

  test.each<[Condition, Partial<GraphNode>, string]>([
    ["SUCCESS", { phase: "STOPPED", exitCode: 1 }, "did not exit successfully"],
    ["COMPLETE", { phase: "STOPPED" }, "will never start"],
    ["HEALTHY", { phase: "STOPPED", exitCode: 0 }, "will never start"],
  ])("%s can never be met by %j", (condition, target, why) => {
    expect(decide(condition, target)).toMatchObject({ never: expect.stringContaining(why) });
  });

  test("startTimeout bounds the wait for HEALTHY, COMPLETE and SUCCESS", () => {
    const target: Partial<GraphNode> = { phase: "RUNNING", hasHealthCheck: true, startedAt: 1000, startTimeout: 10 };
    expect(decide("HEALTHY", target, 5000)).toEqual({ go: false, waitUntil: 11_000 });
    expect(decide("HEALTHY", target, 11_000)).toMatchObject({ never: expect.stringContaining("has timed out") });
  });
});

test("containers stop after those that depend on them", () => {
  const db = node("db", { phase: "RUNNING" });
  const app = node("app", { phase: "RUNNING", dependsOn: [{ containerName: "db", condition: "START" }] });
  expect(mayStop(app, [db, app])).toBe(true);
  expect(mayStop(db, [db, app])).toBe(false);
  expect(mayStop(db, [db, { ...app, phase: "STOPPED" }])).toBe(true);
});

test("cycles are found", () => {
  expect(
    findCycle([
      { name: "a", dependsOn: ["b"] },
      { name: "b", dependsOn: ["c"] },
      { name: "c", dependsOn: ["b"] },
    ]),
  ).toEqual(["b", "c", "b"]);
  expect(
    findCycle([
      { name: "a", dependsOn: ["b", "c"] },
      { name: "b", dependsOn: ["c"] },
      { name: "c", dependsOn: [] },
    ]),
  ).toBeUndefined();
});
