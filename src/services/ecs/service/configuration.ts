import type { DeploymentCircuitBreaker, DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { invalidParameter, notSupportedYet } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";
import type { CircuitBreaker } from "./service-record.ts";

/** A service's way of deploying, every default filled in. */
export interface CheckedDeploymentConfiguration {
  minimumHealthyPercent: number;
  maximumPercent: number;
  circuitBreaker: CircuitBreaker;
}

/** AWS's defaults for a REPLICA service. */
export const DEFAULT_DEPLOYMENT_CONFIGURATION: CheckedDeploymentConfiguration = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  circuitBreaker: { enable: false, rollback: false },
};

/** When a circuit breaker trips, unless told: at half the desired count, between 3 and 200, of failures in a row. */
export const DEFAULT_BREAKER_THRESHOLD = {
  resetOnHealthyTask: true,
  thresholdConfiguration: { type: "BOUNDED_PERCENT", value: 50 },
} as const;

/**
 * Checks a deployment configuration; what is not given stays as it was.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 * @throws AwsError InvalidParameterException
 */
export function checkDeploymentConfiguration(
  given: DeploymentConfiguration | undefined,
  before: CheckedDeploymentConfiguration,
): CheckedDeploymentConfiguration {
  if (!given) return before;
  const { strategy, bakeTimeInMinutes, ...rest } = given;
  if (strategy && strategy !== "ROLLING") throw notSupportedYet(`deploymentConfiguration.strategy ${strategy}`);
  if (bakeTimeInMinutes) throw notSupportedYet("deploymentConfiguration.bakeTimeInMinutes");
  refuseUnsupported(
    rest,
    ["maximumPercent", "minimumHealthyPercent", "deploymentCircuitBreaker"],
    "deploymentConfiguration",
  );
  const minimumHealthyPercent = given.minimumHealthyPercent ?? before.minimumHealthyPercent;
  const maximumPercent = given.maximumPercent ?? before.maximumPercent;
  if (maximumPercent < 100) throw invalidParameter("maximumPercent must be at least 100");
  if (minimumHealthyPercent < 0) throw invalidParameter("minimumHealthyPercent must be at least 0");
  if (minimumHealthyPercent > 100) throw invalidParameter("minimumHealthyPercent must be at most 100");
  if (maximumPercent === 100 && minimumHealthyPercent === 100)
    throw invalidParameter(
      "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
    );
  return {
    minimumHealthyPercent,
    maximumPercent,
    circuitBreaker: checkBreaker(given.deploymentCircuitBreaker) ?? before.circuitBreaker,
  };
}

/** The breaker's switches; its threshold may only be spelled out, not changed. */
function checkBreaker(breaker: DeploymentCircuitBreaker | undefined): CircuitBreaker | undefined {
  if (!breaker) return undefined;
  const { resetOnHealthyTask, thresholdConfiguration, ...switches } = breaker;
  const at = "deploymentConfiguration.deploymentCircuitBreaker";
  refuseUnsupported(switches, ["enable", "rollback"], at);
  if (thresholdConfiguration) {
    const { type, value } = thresholdConfiguration;
    if (value === undefined || value < 1 || (type !== "COUNT" && value > 100))
      throw invalidParameter("Invalid deployment circuit breaker threshold value.");
    const usual = DEFAULT_BREAKER_THRESHOLD.thresholdConfiguration;
    if (type !== usual.type || value !== usual.value) throw notSupportedYet(`${at}.thresholdConfiguration`);
  }
  if (resetOnHealthyTask === false) throw notSupportedYet(`${at}.resetOnHealthyTask`);
  return { enable: breaker.enable ?? false, rollback: breaker.rollback ?? false };
}

/**
 * Tasks are spread over zones when they start, and are not moved later.
 * @throws AwsError InvalidParameterException when that is asked for
 */
export function checkRebalancing(asked: string | undefined, maximumPercent: number, done: "created" | "updated"): void {
  if (asked !== "ENABLED") return;
  if (maximumPercent <= 100)
    throw invalidParameter(
      `The service couldn't be ${done} because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration. Update deployment configuration and try again.`,
    );
  throw notSupportedYet("availabilityZoneRebalancing ENABLED");
}
