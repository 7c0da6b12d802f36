import type {
  AvailabilityZoneRebalancing,
  DeploymentAlarms,
  DeploymentCircuitBreaker,
  DeploymentConfiguration,
  DeploymentEarlySuccessCriteria,
} from "@aws-sdk/client-ecs";
import { invalidParameter } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";
import type { CircuitBreaker, DeploymentSettings, EarlySuccess } from "./service-record.ts";
import { checkStagedSettings } from "./staged-configuration.ts";

const AT = "deploymentConfiguration";

/** AWS's defaults for a REPLICA service. */
export const DEFAULT_DEPLOYMENT_CONFIGURATION: DeploymentSettings = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  circuitBreaker: { enable: false, rollback: false },
};

/**
 * Checks a deployment configuration; what is not given stays as it was.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 * @throws AwsError InvalidParameterException
 */
export function checkDeploymentConfiguration(
  given: DeploymentConfiguration = {},
  before: DeploymentSettings,
): DeploymentSettings {
  refuseUnsupported(
    given,
    [
      "alarms",
      "bakeTimeInMinutes",
      "canaryConfiguration",
      "deploymentCircuitBreaker",
      "earlySuccessCriteria",
      "lifecycleHooks",
      "linearConfiguration",
      "maximumPercent",
      "minimumHealthyPercent",
      "strategy",
    ],
    AT,
  );
  const minimumHealthyPercent = given.minimumHealthyPercent ?? before.minimumHealthyPercent;
  const maximumPercent = given.maximumPercent ?? before.maximumPercent;
  checkPercentages(minimumHealthyPercent, maximumPercent);
  const staged = checkStagedSettings(given, before);
  const alarms = checkAlarms(given.alarms) ?? before.alarms;
  const bakeTimeInMinutes = (given.bakeTimeInMinutes ?? before.bakeTimeInMinutes) || undefined;
  const earlySuccess = staged.strategy
    ? undefined
    : checkEarlySuccess(given.earlySuccessCriteria, before.earlySuccess, minimumHealthyPercent);
  return {
    minimumHealthyPercent,
    maximumPercent,
    circuitBreaker: checkBreaker(given.deploymentCircuitBreaker, before.circuitBreaker),
    // Also what is not, so that a service's record forgets what it had.
    alarms,
    bakeTimeInMinutes,
    earlySuccess,
    strategy: staged.strategy,
    linear: staged.linear,
    canary: staged.canary,
    lifecycleHooks: staged.lifecycleHooks,
  };
}

function checkPercentages(minimumHealthyPercent: number, maximumPercent: number): void {
  if (maximumPercent < 100) throw invalidParameter("maximumPercent must be at least 100");
  if (minimumHealthyPercent < 0) throw invalidParameter("minimumHealthyPercent must be at least 0");
  if (minimumHealthyPercent > 100) throw invalidParameter("minimumHealthyPercent must be at most 100");
  if (maximumPercent === 100 && minimumHealthyPercent === 100)
    throw invalidParameter(
      "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
    );
}

function checkBreaker(breaker: DeploymentCircuitBreaker | undefined, before: CircuitBreaker): CircuitBreaker {
  if (!breaker) return before;
  const { enable = false, rollback = false, resetOnHealthyTask, thresholdConfiguration, ...other } = breaker;
  refuseUnsupported(other, [], `${AT}.deploymentCircuitBreaker`);
  if (!thresholdConfiguration) return { enable, rollback, resetOnHealthyTask };
  const { type = "BOUNDED_PERCENT", value } = thresholdConfiguration;
  if (value === undefined || value < 1 || (type !== "COUNT" && value > 100))
    throw invalidParameter("Invalid deployment circuit breaker threshold value.");
  return { enable, rollback, resetOnHealthyTask, threshold: { type, value } };
}

function checkAlarms(alarms: DeploymentAlarms | undefined): DeploymentSettings["alarms"] {
  if (!alarms) return undefined;
  const { alarmNames = [], enable = false, rollback = false, ...other } = alarms;
  refuseUnsupported(other, [], `${AT}.alarms`);
  if (enable && !alarmNames.length) throw invalidParameter("alarmNames can not be empty when alarms are enabled.");
  if (alarmNames.includes("")) throw invalidParameter("alarmNames can not contain an empty name.");
  return { alarmNames, enable, rollback };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentEarlySuccessCriteria.html */
function checkEarlySuccess(
  given: DeploymentEarlySuccessCriteria | undefined,
  before: EarlySuccess | undefined,
  minimumHealthyPercent: number,
): EarlySuccess | undefined {
  if (given && !given.enable) return undefined;
  const { healthyPercent, sourceServiceRevisionCleanup: cleanup } = given ?? {
    healthyPercent: before?.healthyPercent,
    sourceServiceRevisionCleanup: before?.cleanup,
  };
  if (!given && !before) return undefined;
  if (healthyPercent === undefined || cleanup === undefined)
    throw invalidParameter(
      "healthyPercent and sourceServiceRevisionCleanup must be specified when earlySuccessCriteria is enabled.",
    );
  if (!Number.isInteger(healthyPercent) || healthyPercent < 0 || healthyPercent > 100)
    throw invalidParameter("healthyPercent must be an integer between 0 and 100.");
  if (healthyPercent < minimumHealthyPercent)
    throw invalidParameter("healthyPercent must be greater than or equal to minimumHealthyPercent.");
  return { healthyPercent, cleanup };
}

/**
 * Whether a service's tasks are moved between zones to spread them evenly: new services have that unless their percentages
 * forbid it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
 * @param before what it had; nothing for a new service
 * @throws AwsError InvalidParameterException when it is asked for and cannot be
 */
export function checkRebalancing(
  asked: AvailabilityZoneRebalancing | undefined,
  maximumPercent: number,
  before?: { rebalancing?: boolean },
): boolean {
  const isPossible = maximumPercent > 100;
  const wanted = asked === undefined ? (before ? (before.rebalancing ?? false) : isPossible) : asked === "ENABLED";
  if (wanted && !isPossible)
    throw invalidParameter(
      `The service couldn't be ${before ? "updated" : "created"} because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration. Update deployment configuration and try again.`,
    );
  return wanted;
}
