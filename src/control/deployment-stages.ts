import type {
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookStage,
  DeploymentLifecycleHookStatus,
  ServiceDeploymentLifecycleStage,
} from "@aws-sdk/client-ecs";
import { earliest } from "../base/earliest.ts";

/**
 * Leads a deployment with stages (blue/green, linear, canary) through them. The target is the revision
 * that is rolled out (green), the source the one that serves until then (blue). Pure: no clock, no store.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 */

/** The one list of the API lacks what the other has. */
export type Stage = ServiceDeploymentLifecycleStage | DeploymentLifecycleHookStage;

/** A stage may last so long, and a deployment. */
export const STAGE_LIMIT_MS = 24 * 60 * 60_000;
const DEPLOYMENT_LIMIT_MS = 30 * 24 * 60 * 60_000;

/** A hook as it is configured: it pauses. */
export interface ConfiguredHook {
  stages: readonly DeploymentLifecycleHookStage[];
  timeoutMs: number;
  timeoutAction: DeploymentLifecycleHookAction;
}

/** One pause, under way or over. */
export interface StageHook {
  hookId: string;
  stage: DeploymentLifecycleHookStage;
  status: Extract<DeploymentLifecycleHookStatus, "AWAITING_ACTION" | "SUCCEEDED" | "FAILED" | "TIMED_OUT">;
  expiresAt: Date;
  timeoutAction: DeploymentLifecycleHookAction;
}

/** How a deployment is to go. */
export interface StagePlan {
  /** Percent of production traffic that the target has after each step; the last is 100. */
  steps: readonly number[];
  stepBakeMs: number;
  bakeMs: number;
  hooks: readonly ConfiguredHook[];
  /** Whether there is traffic to shift. Nobody is asked otherwise. */
  managesTraffic: boolean;
}

/** How far a deployment is. */
export interface StageState {
  stage: Stage;
  /** Milliseconds since 1970. */
  enteredAt: number;
  /** Of the steps of shifting production traffic, the one that is under way, from 0. */
  step: number;
  /** Percent of the traffic that the target gets; the source gets the rest. */
  testWeight: number;
  productionWeight: number;
  /** Since when the traffic goes as the weights say, milliseconds since 1970; absent until it does. */
  shiftedAt?: number;
  /** Of the stage, and of the stages before. */
  hooks: StageHook[];
}

/** The world that the stages wait for. */
export interface StageInput {
  plan: StagePlan;
  /** Nothing at the beginning. */
  state: StageState | undefined;
  /** Of the deployment, milliseconds since 1970. */
  startedAt: number;
  hasSource: boolean;
  /** Whether there are other revisions than source and target still. */
  hasStrays: boolean;
  /** Whether the target has all its tasks, healthy. */
  isTargetReady: boolean;
  isSourceGone: boolean;
  now: number;
  /** Makes the id of a hook that begins. */
  hookId(): string;
}

export interface StageResult {
  state: StageState;
  /** How it ends, if it does: a reason for a rollback begins with "Service deployment rolled back because". */
  outcome?: { succeeded: true } | { rollBackReason: string };
  /** When the passing of time alone changes something. */
  lookAgainAt: number | undefined;
}

const ORDER = [
  "RECONCILE_SERVICE",
  "PRE_SCALE_UP",
  "SCALE_UP",
  "POST_SCALE_UP",
  "TEST_TRAFFIC_SHIFT",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
  "PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
  "BAKE_TIME",
  "CLEAN_UP",
] as const satisfies readonly Stage[];

/** The production weights of the steps of a strategy: multiples of a tenth. */
export function trafficSteps(
  strategy: "BLUE_GREEN" | "LINEAR" | "CANARY",
  { stepPercent, canaryPercent }: { stepPercent: number; canaryPercent: number },
): number[] {
  if (strategy === "BLUE_GREEN") return [100];
  if (strategy === "CANARY") return canaryPercent < 100 ? [canaryPercent, 100] : [100];
  const tenths = Math.round(stepPercent * 10);
  const count = Math.ceil(1000 / tenths);
  return Array.from({ length: count }, (_, i) => Math.min(1000, tenths * (i + 1)) / 10);
}

/** Whether the target is to have its tasks in a stage. */
export function isScaledUp(stage: Stage): boolean {
  return ORDER.indexOf(stage) >= ORDER.indexOf("SCALE_UP");
}

/** Leads a deployment as far as it can go now. */
export function advanceStages(input: StageInput): StageResult {
  let state = input.state ?? enter(input, UNBEGUN, input.hasStrays ? "RECONCILE_SERVICE" : "PRE_SCALE_UP");
  const deadline = input.startedAt + DEPLOYMENT_LIMIT_MS;
  for (;;) {
    state = { ...state, hooks: state.hooks.map((hook) => timedOut(hook, input.now)) };
    const refusal = refusedBy(state);
    if (refusal) return rollBack(state, refusal);
    if (input.now >= deadline && state.stage !== "CLEAN_UP") return rollBack(state, "it was not over within 30 days.");
    const waits = waitsFor(input, state);
    if (waits) {
      if (waits.limit !== undefined && input.now >= waits.limit)
        return rollBack(state, `the ${state.stage} lifecycle stage timed out.`);
      const times = [waits.until, waits.limit, state.stage === "CLEAN_UP" ? undefined : deadline];
      return { state, lookAgainAt: earliest(times) };
    }
    const next = following(input, state);
    if (!next) return { state, outcome: { succeeded: true }, lookAgainAt: undefined };
    state = next;
  }
}

/** A deployment that no stage has begun of. */
export const UNBEGUN: StageState = {
  stage: "RECONCILE_SERVICE",
  enteredAt: 0,
  step: 0,
  testWeight: 0,
  productionWeight: 0,
  hooks: [],
};

function rollBack(state: StageState, why: string): StageResult {
  return {
    state,
    outcome: { rollBackReason: `Service deployment rolled back because ${why}` },
    lookAgainAt: undefined,
  };
}

function timedOut(hook: StageHook, now: number): StageHook {
  return hook.status === "AWAITING_ACTION" && now >= hook.expiresAt.getTime() ? { ...hook, status: "TIMED_OUT" } : hook;
}

/** Who was told to roll back, or has waited too long, first. */
function refusedBy({ hooks }: StageState): string | undefined {
  for (const { hookId, stage, status, timeoutAction } of hooks) {
    const failed = `${stage} lifecycle hook(s) failed. Lifecycle hook ${hookId}`;
    if (status === "FAILED") return `${failed} was continued with the ROLLBACK action.`;
    if (status === "TIMED_OUT" && timeoutAction === "ROLLBACK") return `${failed} timed out.`;
  }
  return undefined;
}

interface Wait {
  /** What time alone ends it. */
  until?: number;
  /** When it has lasted too long. */
  limit?: number;
}

/** What a stage still waits for; nothing when it is over. */
function waitsFor(input: StageInput, state: StageState): Wait | undefined {
  const awaited = state.hooks.filter(({ status }) => status === "AWAITING_ACTION");
  // A hook has a limit of its own, which may be longer.
  if (awaited.length) return { until: Math.min(...awaited.map(({ expiresAt }) => expiresAt.getTime())) };
  const { plan, now } = input;
  const limit = state.enteredAt + STAGE_LIMIT_MS;
  switch (state.stage) {
    case "RECONCILE_SERVICE":
      return input.hasStrays ? { limit } : undefined;
    case "SCALE_UP":
      return input.isTargetReady ? undefined : { limit };
    case "TEST_TRAFFIC_SHIFT":
      return state.shiftedAt === undefined ? { limit } : undefined;
    case "PRODUCTION_TRAFFIC_SHIFT":
      if (state.shiftedAt === undefined) return { limit };
      // "This bake time is not applied after reaching 100 percent traffic."
      return state.productionWeight < 100 ? laterThan(state.shiftedAt + plan.stepBakeMs, now) : undefined;
    case "BAKE_TIME":
      return laterThan(state.enteredAt + plan.bakeMs, now);
    case "CLEAN_UP":
      // Protected tasks of the source may stay for days; the target serves already.
      return input.isSourceGone ? undefined : {};
    default:
      return undefined;
  }
}

function laterThan(at: number, now: number): Wait | undefined {
  return now < at ? { until: at } : undefined;
}

function following(input: StageInput, state: StageState): StageState | undefined {
  if (state.stage === "PRODUCTION_TRAFFIC_SHIFT" && state.productionWeight < 100)
    return enter(input, { ...state, step: state.step + 1 }, "PRE_PRODUCTION_TRAFFIC_SHIFT");
  const next = ORDER[ORDER.indexOf(state.stage) + 1];
  // Bake time is for two revisions side by side.
  if (next === "BAKE_TIME" && !input.hasSource) return enter(input, state, "CLEAN_UP");
  return next && enter(input, state, next);
}

function enter(input: StageInput, before: StageState, stage: Stage): StageState {
  const { plan, now } = input;
  const hooks = plan.hooks.flatMap(({ stages, timeoutMs, timeoutAction }) =>
    stages
      .filter((one) => one === stage)
      .map((one): StageHook => ({
        hookId: input.hookId(),
        stage: one,
        status: "AWAITING_ACTION",
        expiresAt: new Date(now + timeoutMs),
        timeoutAction,
      })),
  );
  const state = { ...before, stage, enteredAt: now, hooks: [...before.hooks, ...hooks] };
  if (stage === "TEST_TRAFFIC_SHIFT") return shifting(state, plan, { testWeight: 100 }, now);
  // Without a source, what the target did not get nobody would.
  const productionWeight = input.hasSource ? plan.steps[state.step]! : 100;
  if (stage === "PRODUCTION_TRAFFIC_SHIFT") return shifting(state, plan, { productionWeight }, now);
  return state;
}

/** Nobody needs to answer them any longer. */
export function endHooks(hooks: readonly StageHook[]): StageHook[] {
  return hooks.map((hook) => (hook.status === "AWAITING_ACTION" ? { ...hook, status: "FAILED" } : hook));
}

type Weights = Partial<Pick<StageState, "testWeight" | "productionWeight">>;

/** Traffic is on its way from now on, or there already when there is none. */
export function shifting(
  { shiftedAt: _shiftedAt, ...state }: StageState,
  { managesTraffic }: Pick<StagePlan, "managesTraffic">,
  weights: Weights,
  now: number,
): StageState {
  return { ...state, ...weights, ...(managesTraffic ? {} : { shiftedAt: now }) };
}
