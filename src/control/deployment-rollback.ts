import { endHooks, shifting, STAGE_LIMIT_MS, type StageState } from "./deployment-stages.ts";

/**
 * Leads a deployment with stages back to its source. Pure: no clock, no store.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 */

/** The world that a rollback waits for. */
export interface RollbackInput {
  state: StageState;
  managesTraffic: boolean;
  isSourceReady: boolean;
  isTargetGone: boolean;
  now: number;
}

export interface RollbackResult {
  state: StageState;
  isOver: boolean;
  /** The source could not be brought back within a stage's time. */
  hasFailed: boolean;
  lookAgainAt: number | undefined;
}

/**
 * The first stage of a rollback. Traffic goes back at once, unless the source is being removed: then it is scaled up first.
 */
export function beginRollback(state: StageState, managesTraffic: boolean, now: number): StageState {
  const from = { ...state, hooks: endHooks(state.hooks), enteredAt: now };
  return state.stage === "CLEAN_UP" ? { ...from, stage: "SCALE_UP" } : takeBack(from, managesTraffic, now);
}

/** Production traffic goes back, then test traffic, then the target's tasks go. */
function takeBack(state: StageState, managesTraffic: boolean, now: number): StageState {
  const entered = { ...state, enteredAt: now };
  if (state.productionWeight > 0)
    return shifting(
      { ...entered, stage: "PRODUCTION_TRAFFIC_SHIFT" },
      { managesTraffic },
      { productionWeight: 0 },
      now,
    );
  if (state.testWeight > 0)
    return shifting({ ...entered, stage: "TEST_TRAFFIC_SHIFT" }, { managesTraffic }, { testWeight: 0 }, now);
  return { ...entered, stage: "CLEAN_UP" };
}

/** Leads a rollback as far as it can go now. */
export function advanceRollback(input: RollbackInput): RollbackResult {
  const { managesTraffic, now } = input;
  let { state } = input;
  for (;;) {
    const limit = state.enteredAt + STAGE_LIMIT_MS;
    if (state.stage === "CLEAN_UP")
      return { state, isOver: input.isTargetGone, hasFailed: false, lookAgainAt: undefined };
    const isDone = state.stage === "SCALE_UP" ? input.isSourceReady : state.shiftedAt !== undefined;
    if (!isDone) return { state, isOver: false, hasFailed: now >= limit, lookAgainAt: limit };
    state = takeBack(state, managesTraffic, now);
  }
}
