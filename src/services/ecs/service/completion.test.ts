import { expect, test } from "vitest";
import { bakeMs, isRolledOut, type RollingState } from "./completion.ts";
import type { ServiceRecord } from "./service-record.ts";

const early = (healthyPercent: number, cleanup: "BLOCKING" | "DEFERRED") => ({
  earlySuccess: { healthyPercent, cleanup },
});

test.each<[what: string, changes: Partial<RollingState>, isOver: boolean]>([
  ["all of them", { healthyCount: 10, isComplete: true }, true],
  ["not all of them", { healthyCount: 9 }, false],
  ["all of them beside old ones", { healthyCount: 10, hasOlderTasks: true }, false],
  ["a share", { healthyCount: 5, ...early(50, "DEFERRED") }, true],
  ["less than a share", { healthyCount: 4, ...early(50, "DEFERRED") }, false],
  ["a share that is rounded up", { healthyCount: 3, desiredCount: 7, ...early(50, "DEFERRED") }, false],
  ["a share beside old ones", { healthyCount: 5, hasOlderTasks: true, ...early(50, "DEFERRED") }, true],
  [
    "a share beside old ones that must go first",
    { healthyCount: 9, hasOlderTasks: true, ...early(50, "BLOCKING") },
    false,
  ],
  ["a share after the old ones", { healthyCount: 5, ...early(50, "BLOCKING") }, true],
  ["nothing", { healthyCount: 0, ...early(0, "DEFERRED") }, true],
])("%s: over %o", (_, changes, isOver) => {
  const state: RollingState = {
    desiredCount: 10,
    healthyCount: 0,
    isComplete: false,
    hasOlderTasks: false,
    earlySuccess: undefined,
    ...changes,
  };
  expect(isRolledOut(state)).toBe(isOver);
});

test.each<[minutes: number | undefined, watched: boolean, ms: number]>([
  [undefined, false, 0],
  [undefined, true, 120_000],
  [5, false, 300_000],
  [1, true, 60_000],
])("a bake time of %o minutes, alarms watched %o: %i ms", async (bakeTimeInMinutes, watched, ms) => {
  const alarms = { states: async () => new Map(), evaluationMs: async () => 120_000, onChange: () => () => {} };
  const monitor = { status: "MONITORING" as const, alarmNames: ["a"], triggered: [], ignored: [] };
  const service = { bakeTimeInMinutes } as Partial<ServiceRecord> as ServiceRecord;
  expect(await bakeMs({ alarms }, service, watched ? { alarms: monitor } : {})).toBe(ms);
});
