import type { DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { DEFAULT_BREAKER_THRESHOLD } from "../../../control/circuit-breaker.ts";
import type { DeploymentSettings } from "./service-record.ts";
import { stagedSettingsView } from "./staged-configuration.ts";

/**
 * How a service deploys, as DescribeServices and DescribeServiceDeployments show it.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 */
export function deploymentConfigurationView(settings: DeploymentSettings): DeploymentConfiguration {
  const { circuitBreaker, alarms, earlySuccess } = settings;
  return {
    deploymentCircuitBreaker: {
      enable: circuitBreaker.enable,
      rollback: circuitBreaker.rollback,
      resetOnHealthyTask: circuitBreaker.resetOnHealthyTask ?? true,
      thresholdConfiguration: circuitBreaker.threshold ?? DEFAULT_BREAKER_THRESHOLD,
    },
    maximumPercent: settings.maximumPercent,
    minimumHealthyPercent: settings.minimumHealthyPercent,
    ...(alarms ? { alarms } : {}),
    strategy: settings.strategy ?? "ROLLING",
    bakeTimeInMinutes: settings.bakeTimeInMinutes ?? 0,
    ...stagedSettingsView(settings),
    ...(earlySuccess
      ? {
          earlySuccessCriteria: {
            enable: true,
            healthyPercent: earlySuccess.healthyPercent,
            sourceServiceRevisionCleanup: earlySuccess.cleanup,
          },
        }
      : {}),
  };
}
