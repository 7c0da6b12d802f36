import { expect, test } from "vitest";
import {
  advanceStages,
  trafficSteps,
  type StageInput,
  type StagePlan,
  type StageResult,
  type StageState,
} from "./deployment-stages.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.UTC(2026, 0, 1);

const PLAN: StagePlan = { steps: [100], stepBakeMs: 0, bakeMs: 0, hooks: [], managesTraffic: true };

/** Plays a deployment: each look changes the world and the time a little. */
class Play {
  input: StageInput;
  result: StageResult | undefined;
  private hooks = 0;

  constructor(plan: Partial<StagePlan> = {}, world: Partial<StageInput> = {}) {
    this.input = {
      plan: { ...PLAN, ...plan },
      state: undefined,
      startedAt: NOW,
      hasSource: true,
      hasStrays: false,
      isTargetReady: false,
      isSourceGone: false,
      now: NOW,
      hookId: () => `hook-${++this.hooks}`,
      ...world,
    };
  }

  look(world: Partial<StageInput> = {}): string {
    this.input = { ...this.input, ...world };
    this.result = advanceStages(this.input);
    this.input.state = this.result.state;
    const { outcome } = this.result;
    if (outcome) return "succeeded" in outcome ? "succeeded" : outcome.rollBackReason;
    return this.state.stage;
  }

  /** The traffic goes as it should, from now on. */
  shifted(now = this.input.now): string {
    return this.look({ now, state: { ...this.state, shiftedAt: now } });
  }

  answer(hookId: string, status: "SUCCEEDED" | "FAILED"): string {
    const hooks = this.state.hooks.map((hook) => (hook.hookId === hookId ? { ...hook, status } : hook));
    return this.look({ state: { ...this.state, hooks } });
  }

  get state(): StageState {
    return this.result!.state;
  }

  get weights() {
    return [this.state.testWeight, this.state.productionWeight];
  }
}

test("blue/green: green scales up, gets test traffic, then all production traffic, bakes, and blue goes", () => {
  const play = new Play({ bakeMs: 5 * MINUTE });
  expect(play.look()).toBe("SCALE_UP");
  expect(play.weights).toEqual([0, 0]);
  expect(play.look({ isTargetReady: true })).toBe("TEST_TRAFFIC_SHIFT");
  expect(play.weights).toEqual([100, 0]);
  expect(play.look()).toBe("TEST_TRAFFIC_SHIFT");
  expect(play.shifted()).toBe("PRODUCTION_TRAFFIC_SHIFT");
  expect(play.weights).toEqual([100, 100]);
  expect(play.state.shiftedAt).toBeUndefined();
  expect(play.shifted()).toBe("BAKE_TIME");
  expect(play.result!.lookAgainAt).toBe(NOW + 5 * MINUTE);
  expect(play.look({ now: NOW + 5 * MINUTE - 1 })).toBe("BAKE_TIME");
  expect(play.look({ now: NOW + 5 * MINUTE })).toBe("CLEAN_UP");
  expect(play.look({ isTargetReady: false })).toBe("CLEAN_UP");
  expect(play.look({ isSourceGone: true })).toBe("succeeded");
});

test("without traffic to shift, nobody is waited for", () => {
  const play = new Play({ managesTraffic: false });
  expect(play.look()).toBe("SCALE_UP");
  expect(play.look({ isTargetReady: true })).toBe("CLEAN_UP");
  expect(play.weights).toEqual([100, 100]);
});

test("the first deployment of a service has nothing to bake against, nor to clean up, and shifts in one step", () => {
  const play = new Play(
    { steps: [10, 100], stepBakeMs: MINUTE, bakeMs: DAY },
    { hasSource: false, isSourceGone: true, isTargetReady: true },
  );
  expect(play.look()).toBe("TEST_TRAFFIC_SHIFT");
  expect(play.shifted()).toBe("PRODUCTION_TRAFFIC_SHIFT");
  expect(play.weights).toEqual([100, 100]);
  expect(play.shifted()).toBe("succeeded");
});

test("a deployment that puts an end to another one waits for that one's tasks", () => {
  const play = new Play({}, { hasStrays: true });
  expect(play.look()).toBe("RECONCILE_SERVICE");
  expect(play.look({ hasStrays: false })).toBe("SCALE_UP");
});

test.each([
  ["BLUE_GREEN", {}, [100]],
  ["CANARY", { canaryPercent: 0.1 }, [0.1, 100]],
  ["CANARY", { canaryPercent: 100 }, [100]],
  ["LINEAR", { stepPercent: 33.4 }, [33.4, 66.8, 100]],
  ["LINEAR", { stepPercent: 50 }, [50, 100]],
  ["LINEAR", { stepPercent: 100 }, [100]],
  ["LINEAR", { stepPercent: 10 }, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
] as const)("%s %j shifts by %j", (strategy, percents, steps) => {
  expect(trafficSteps(strategy, { stepPercent: 10, canaryPercent: 5, ...percents })).toEqual(steps);
});

test("each step bakes, but the last", () => {
  const play = new Play({ steps: [30, 60, 100], stepBakeMs: 2 * MINUTE }, { isTargetReady: true });
  play.look();
  const seen = [play.shifted()];
  for (let minute = 1; play.state.stage === "PRODUCTION_TRAFFIC_SHIFT"; minute++) {
    seen.push(`${play.state.productionWeight}`);
    if (play.state.shiftedAt === undefined) seen.push(play.shifted(NOW + minute * MINUTE));
    else seen.push(play.look({ now: NOW + minute * MINUTE }));
  }
  const shift = "PRODUCTION_TRAFFIC_SHIFT";
  // Two looks of a minute each while a step bakes.
  expect(seen).toEqual([
    shift,
    "30",
    shift,
    "30",
    shift,
    "30",
    shift,
    "60",
    shift,
    "60",
    shift,
    "60",
    shift,
    "100",
    "CLEAN_UP",
  ]);
});

const PAUSE = { timeoutMs: 60 * MINUTE, timeoutAction: "ROLLBACK" } as const;

test("a hook pauses its stage until it is answered", () => {
  const play = new Play({ hooks: [{ ...PAUSE, stages: ["PRE_SCALE_UP", "POST_SCALE_UP"] }] });
  expect(play.look()).toBe("PRE_SCALE_UP");
  expect(play.state.hooks).toEqual([
    {
      hookId: "hook-1",
      stage: "PRE_SCALE_UP",
      status: "AWAITING_ACTION",
      expiresAt: new Date(NOW + 60 * MINUTE),
      timeoutAction: "ROLLBACK",
    },
  ]);
  expect(play.result!.lookAgainAt).toBe(NOW + 60 * MINUTE);
  expect(play.look({ isTargetReady: true })).toBe("PRE_SCALE_UP");
  expect(play.answer("hook-1", "SUCCEEDED")).toBe("POST_SCALE_UP");
  expect(play.answer("hook-2", "FAILED")).toBe(
    "Service deployment rolled back because POST_SCALE_UP lifecycle hook(s) failed. Lifecycle hook hook-2 was continued with the ROLLBACK action.",
  );
});

test("several hooks of a stage are all waited for", () => {
  const hooks = [
    { ...PAUSE, stages: ["PRE_SCALE_UP"] as const },
    { ...PAUSE, stages: ["PRE_SCALE_UP"] as const },
  ];
  const play = new Play({ hooks });
  expect(play.look()).toBe("PRE_SCALE_UP");
  expect(play.answer("hook-2", "SUCCEEDED")).toBe("PRE_SCALE_UP");
  expect(play.answer("hook-1", "SUCCEEDED")).toBe("SCALE_UP");
});

test("a pause before production traffic comes with each step", () => {
  const play = new Play(
    { steps: [50, 100], hooks: [{ ...PAUSE, stages: ["PRE_PRODUCTION_TRAFFIC_SHIFT"] }] },
    { isTargetReady: true },
  );
  play.look();
  expect(play.shifted()).toBe("PRE_PRODUCTION_TRAFFIC_SHIFT");
  expect(play.answer("hook-1", "SUCCEEDED")).toBe("PRODUCTION_TRAFFIC_SHIFT");
  expect(play.shifted()).toBe("PRE_PRODUCTION_TRAFFIC_SHIFT");
  expect(play.weights).toEqual([100, 50]);
  expect(play.answer("hook-2", "SUCCEEDED")).toBe("PRODUCTION_TRAFFIC_SHIFT");
  expect(play.weights).toEqual([100, 100]);
});

test.each([
  ["ROLLBACK", /^Service deployment rolled back because PRE_SCALE_UP lifecycle hook\(s\) failed. .* timed out\.$/],
  ["CONTINUE", /^SCALE_UP$/],
] as const)("a hook whose time is over does as told: %s", (timeoutAction, then) => {
  const play = new Play({ hooks: [{ stages: ["PRE_SCALE_UP"], timeoutMs: 14 * DAY, timeoutAction }] });
  play.look();
  expect(play.look({ now: NOW + 14 * DAY - 1 })).toBe("PRE_SCALE_UP");
  expect(play.look({ now: NOW + 14 * DAY })).toMatch(then);
  expect(play.state.hooks[0]!.status).toBe("TIMED_OUT");
});

test("a stage lasts 24 hours at most, a deployment 30 days", () => {
  const slow = new Play();
  slow.look();
  expect(slow.result!.lookAgainAt).toBe(NOW + DAY);
  expect(slow.look({ now: NOW + DAY })).toBe(
    "Service deployment rolled back because the SCALE_UP lifecycle stage timed out.",
  );
  const hooks = [{ ...PAUSE, timeoutMs: 14 * DAY, stages: ["POST_SCALE_UP"] as const }];
  const long = new Play({ hooks }, { isTargetReady: true, startedAt: NOW - 29 * DAY });
  long.look();
  expect(long.look({ now: NOW + DAY })).toBe("Service deployment rolled back because it was not over within 30 days.");
});

test("the source's protected tasks may stay for longer than a stage lasts", () => {
  const play = new Play({ managesTraffic: false }, { isTargetReady: true });
  play.look();
  expect(play.look({ now: NOW + 2 * DAY })).toBe("CLEAN_UP");
  expect(play.look({ now: NOW + 31 * DAY })).toBe("CLEAN_UP");
});
