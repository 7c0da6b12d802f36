import type { DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { invalidParameter, notSupportedYet } from "../errors.ts";
import { refuseUnsupported } from "../supported.ts";
import type { CircuitBreaker } from "./service-record.ts";

/** A service's way of deploying, every default filled in. */
export interface CheckedDeploymentConfiguration {
  minimumHealthyPercent: number;
  maximumPercent: number;
  circuitBreaker: CircuitBreaker;
}

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
  if (strategy !== undefined && strategy !== "ROLLING") throw notSupportedYet(`deploymentConfiguration.strategy ${strategy}`);
  if (bakeTimeInMinutes) throw notSupportedYet("deploymentConfiguration.bakeTimeInMinutes");
  refuseUnsupported(rest, ["maximumPercent", "minimumHealthyPercent", "deploymentCircuitBreaker"], "deploymentConfiguration");
  const breaker = given.deploymentCircuitBreaker;
  if (breaker) refuseUnsupported(breaker, ["enable", "rollback"], "deploymentConfiguration.deploymentCircuitBreaker");
  const minimumHealthyPercent = given.minimumHealthyPercent ?? before.minimumHealthyPercent;
  const maximumPercent = given.maximumPercent ?? before.maximumPercent;
  if (minimumHealthyPercent < 0 || minimumHealthyPercent > maximumPercent)
    throw invalidParameter("minimumHealthyPercent must be between 0 and maximumPercent.");
  if (maximumPercent < 100) throw invalidParameter("maximumPercent must be at least 100.");
  return {
    minimumHealthyPercent,
    maximumPercent,
    circuitBreaker: breaker ? { enable: breaker.enable ?? false, rollback: breaker.rollback ?? false } : before.circuitBreaker,
  };
}

/** AWS's defaults for a REPLICA service. */
export const DEFAULT_DEPLOYMENT_CONFIGURATION: CheckedDeploymentConfiguration = {
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  circuitBreaker: { enable: false, rollback: false },
};
