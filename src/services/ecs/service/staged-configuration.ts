import type {
  CanaryConfiguration,
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookStage,
  DeploymentStrategy,
  LinearConfiguration,
} from "@aws-sdk/client-ecs";
import { trafficSteps, type StagePlan } from "../../../control/deployment-stages.ts";
import type { DeploymentDiscovery } from "../discovery/deployment-discovery.ts";
import { invalidParameter, notSupportedYet } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";
import { hasManagedTraffic } from "./traffic.ts";

const AT = "deploymentConfiguration";
const MINUTE_MS = 60_000;
const MAX_BAKE_MINUTES = 1440;
const MAX_PAUSE_HOOKS = 10;
const MAX_HOOK_MINUTES = 20_160;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html, API_LinearConfiguration.html */
const CANARY = { canaryPercent: 5, canaryBakeTimeInMinutes: 10 };
const LINEAR = { stepPercent: 10, stepBakeTimeInMinutes: 6 };
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHookTimeoutConfiguration.html */
const HOOK_TIMEOUT = { timeoutInMinutes: 1440, action: "ROLLBACK" } as const;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html */
const PAUSE_STAGES: readonly DeploymentLifecycleHookStage[] = [
  "RECONCILE_SERVICE",
  "PRE_SCALE_UP",
  "POST_SCALE_UP",
  "POST_TEST_TRAFFIC_SHIFT",
  "PRE_PRODUCTION_TRAFFIC_SHIFT",
  "POST_PRODUCTION_TRAFFIC_SHIFT",
];

/** The strategies that go by stages. */
export type StagedStrategy = Exclude<DeploymentStrategy, "ROLLING">;

/** What only a deployment with stages has, every default filled in. */
export interface StagedSettings {
  /** Rolling, when absent. */
  strategy?: StagedStrategy;
  /** Of a `LINEAR` strategy. */
  linear?: Required<LinearConfiguration>;
  /** Of a `CANARY` strategy. */
  canary?: Required<CanaryConfiguration>;
  lifecycleHooks?: DeploymentLifecycleHook[];
}

/**
 * Checks the strategy of a deployment configuration and what belongs to it; what is not given stays as it was, as far as
 * the strategy has it.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 * @throws AwsError InvalidParameterException
 */
export function checkStagedSettings(given: DeploymentConfiguration, before: StagedSettings): StagedSettings {
  const strategy = given.strategy ?? before.strategy ?? "ROLLING";
  if (given.linearConfiguration && strategy !== "LINEAR")
    throw invalidParameter("linearConfiguration is only valid when the deployment strategy is LINEAR.");
  if (given.canaryConfiguration && strategy !== "CANARY")
    throw invalidParameter("canaryConfiguration is only valid when the deployment strategy is CANARY.");
  checkMinutes(given.bakeTimeInMinutes, "bakeTimeInMinutes");
  const hooks = given.lifecycleHooks?.length === 0 ? undefined : (given.lifecycleHooks ?? before.lifecycleHooks);
  if (strategy === "ROLLING") {
    if (given.lifecycleHooks?.length) throw notSupportedYet(`${AT}.lifecycleHooks with the ROLLING strategy`);
    return {};
  }
  if (given.earlySuccessCriteria?.enable)
    throw invalidParameter("earlySuccessCriteria is only valid when the deployment strategy is ROLLING.");
  return {
    strategy,
    ...(strategy === "LINEAR" ? { linear: checkLinear(given.linearConfiguration, before.linear) } : {}),
    ...(strategy === "CANARY" ? { canary: checkCanary(given.canaryConfiguration, before.canary) } : {}),
    ...(hooks ? { lifecycleHooks: checkHooks(hooks) } : {}),
  };
}

/**
 * Traffic can only be shifted step by step where ECS manages it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment-implementation.html
 * @param version that is to be deployed
 * @throws AwsError InvalidParameterException
 */
export function requireTraffic(strategy: StagedStrategy | undefined, version: DeploymentDiscovery): void {
  if ((strategy === "LINEAR" || strategy === "CANARY") && !hasManagedTraffic(version))
    throw invalidParameter(
      `The ${strategy} deployment strategy requires Elastic Load Balancing or a Service Connect service to be configured.`,
    );
}

/** The fields of {@link StagedSettings} as the API shows them; the strategy and the bake time are not among them. */
export function stagedSettingsView({ linear, canary, lifecycleHooks }: StagedSettings): DeploymentConfiguration {
  return {
    ...(linear ? { linearConfiguration: linear } : {}),
    ...(canary ? { canaryConfiguration: canary } : {}),
    ...(lifecycleHooks ? { lifecycleHooks } : {}),
  };
}

/** How a deployment goes by what was configured when it began. */
export function stagePlan(configuration: DeploymentConfiguration, managesTraffic: boolean): StagePlan {
  const { strategy, linearConfiguration, canaryConfiguration } = configuration;
  const linear = { ...LINEAR, ...linearConfiguration };
  const canary = { ...CANARY, ...canaryConfiguration };
  const stepBakeMinutes = strategy === "CANARY" ? canary.canaryBakeTimeInMinutes : linear.stepBakeTimeInMinutes;
  return {
    steps: trafficSteps(strategy === "LINEAR" || strategy === "CANARY" ? strategy : "BLUE_GREEN", {
      ...linear,
      ...canary,
    }),
    stepBakeMs: stepBakeMinutes * MINUTE_MS,
    bakeMs: (configuration.bakeTimeInMinutes ?? 0) * MINUTE_MS,
    hooks: (configuration.lifecycleHooks ?? []).map(({ lifecycleStages, timeoutConfiguration }) => ({
      stages: lifecycleStages ?? [],
      timeoutMs: (timeoutConfiguration?.timeoutInMinutes ?? HOOK_TIMEOUT.timeoutInMinutes) * MINUTE_MS,
      timeoutAction: timeoutConfiguration?.action ?? HOOK_TIMEOUT.action,
    })),
    managesTraffic,
  };
}

function checkMinutes(minutes: number | undefined, name: string): void {
  if (minutes !== undefined && (minutes < 0 || minutes > MAX_BAKE_MINUTES))
    throw invalidParameter(`${name} must be between 0 and ${MAX_BAKE_MINUTES}.`);
}

/** A multiple of a tenth. */
function checkPercent(percent: number, least: number, name: string): void {
  const isTenth = Math.abs(percent * 10 - Math.round(percent * 10)) < 1e-9;
  if (percent < least || percent > 100 || !isTenth)
    throw invalidParameter(`${name} must be a multiple of 0.1 between ${least.toFixed(1)} and 100.0.`);
}

function checkLinear(
  given: LinearConfiguration | undefined,
  before: Required<LinearConfiguration> = LINEAR,
): Required<LinearConfiguration> {
  const { stepPercent = before.stepPercent, stepBakeTimeInMinutes = before.stepBakeTimeInMinutes } = given ?? {};
  checkPercent(stepPercent, 3, "stepPercent");
  checkMinutes(stepBakeTimeInMinutes, "stepBakeTimeInMinutes");
  return { stepPercent, stepBakeTimeInMinutes };
}

function checkCanary(
  given: CanaryConfiguration | undefined,
  before: Required<CanaryConfiguration> = CANARY,
): Required<CanaryConfiguration> {
  const { canaryPercent = before.canaryPercent, canaryBakeTimeInMinutes = before.canaryBakeTimeInMinutes } =
    given ?? {};
  checkPercent(canaryPercent, 0.1, "canaryPercent");
  checkMinutes(canaryBakeTimeInMinutes, "canaryBakeTimeInMinutes");
  return { canaryPercent, canaryBakeTimeInMinutes };
}

function checkHooks(hooks: readonly DeploymentLifecycleHook[]): DeploymentLifecycleHook[] {
  if (hooks.length > MAX_PAUSE_HOOKS)
    throw invalidParameter(`A service can have a maximum of ${MAX_PAUSE_HOOKS} pause lifecycle hooks.`);
  return hooks.map(checkHook);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHook.html */
function checkHook(hook: DeploymentLifecycleHook): DeploymentLifecycleHook {
  const at = `${AT}.lifecycleHooks`;
  if (hook.targetType !== "PAUSE") throw notSupportedYet(`${at}.targetType ${hook.targetType ?? "AWS_LAMBDA"}`);
  const { hookTargetArn, roleArn, hookDetails, lifecycleStages, timeoutConfiguration, ...rest } = hook;
  refuseUnsupported(rest, ["targetType"], at);
  for (const [name, value] of Object.entries({ hookTargetArn, roleArn, hookDetails }))
    if (value !== undefined) throw invalidParameter(`${name} is not applicable for PAUSE lifecycle hooks.`);
  if (!lifecycleStages?.length) throw invalidParameter("lifecycleStages must be specified for lifecycle hooks.");
  for (const stage of lifecycleStages)
    if (!PAUSE_STAGES.includes(stage))
      throw invalidParameter(`PAUSE lifecycle hooks cannot be configured at the ${stage} lifecycle stage.`);
  const minutes = timeoutConfiguration?.timeoutInMinutes ?? HOOK_TIMEOUT.timeoutInMinutes;
  if (minutes < 1 || minutes > MAX_HOOK_MINUTES)
    throw invalidParameter(`timeoutInMinutes must be between 1 and ${MAX_HOOK_MINUTES}.`);
  return {
    targetType: "PAUSE",
    lifecycleStages: [...new Set(lifecycleStages)],
    timeoutConfiguration: { timeoutInMinutes: minutes, action: timeoutConfiguration?.action ?? HOOK_TIMEOUT.action },
  };
}
