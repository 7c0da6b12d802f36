import { expect, test } from "vitest";
import { advanceRollback, beginRollback } from "./deployment-rollback.ts";
import type { StageState } from "./deployment-stages.ts";

const DAY = 24 * 60 * 60_000;
const NOW = Date.UTC(2026, 0, 1);
const STATE: StageState = {
  stage: "BAKE_TIME",
  enteredAt: NOW,
  step: 0,
  testWeight: 100,
  productionWeight: 100,
  shiftedAt: NOW,
  hooks: [],
};
const BACK = { managesTraffic: true, isSourceReady: false, isTargetGone: false, now: NOW };

test("a rollback takes production traffic back, then test traffic, then the target's tasks", () => {
  let state = beginRollback(STATE, true, NOW);
  expect(state).toMatchObject({ stage: "PRODUCTION_TRAFFIC_SHIFT", productionWeight: 0, testWeight: 100 });
  expect(state.shiftedAt).toBeUndefined();
  expect(advanceRollback({ ...BACK, state })).toMatchObject({
    isOver: false,
    hasFailed: false,
    lookAgainAt: NOW + DAY,
  });
  ({ state } = advanceRollback({ ...BACK, state: { ...state, shiftedAt: NOW } }));
  expect(state).toMatchObject({ stage: "TEST_TRAFFIC_SHIFT", productionWeight: 0, testWeight: 0 });
  ({ state } = advanceRollback({ ...BACK, state: { ...state, shiftedAt: NOW } }));
  expect(state.stage).toBe("CLEAN_UP");
  expect(advanceRollback({ ...BACK, state })).toMatchObject({ isOver: false });
  expect(advanceRollback({ ...BACK, state, isTargetGone: true })).toMatchObject({ isOver: true });
});

test("a rollback ends what is paused, and has nothing to shift before traffic was", () => {
  const hook = { hookId: "a", stage: "POST_SCALE_UP", expiresAt: new Date(NOW), timeoutAction: "CONTINUE" } as const;
  const paused: StageState = {
    ...STATE,
    stage: "POST_SCALE_UP",
    testWeight: 0,
    productionWeight: 0,
    hooks: [{ ...hook, status: "AWAITING_ACTION" }],
  };
  const state = beginRollback(paused, true, NOW);
  expect(state.hooks[0]!.status).toBe("FAILED");
  expect(advanceRollback({ ...BACK, state }).state.stage).toBe("CLEAN_UP");
});

test("a source that is being removed is scaled up again before it gets traffic", () => {
  const state = beginRollback({ ...STATE, stage: "CLEAN_UP" }, true, NOW);
  expect(state).toMatchObject({ stage: "SCALE_UP", productionWeight: 100 });
  expect(advanceRollback({ ...BACK, state }).state.stage).toBe("SCALE_UP");
  expect(advanceRollback({ ...BACK, state, now: NOW + DAY }).hasFailed).toBe(true);
  expect(advanceRollback({ ...BACK, state, isSourceReady: true }).state).toMatchObject({
    stage: "PRODUCTION_TRAFFIC_SHIFT",
    productionWeight: 0,
  });
});
