import type { DeploymentConfiguration } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import {
  checkDeploymentConfiguration,
  checkRebalancing,
  DEFAULT_DEPLOYMENT_CONFIGURATION as defaults,
} from "./configuration.ts";

test.each<[what: string, given: DeploymentConfiguration | undefined, result: Partial<typeof defaults>]>([
  ["nothing", undefined, {}],
  [
    "percentages",
    { minimumHealthyPercent: 50, maximumPercent: 150 },
    { minimumHealthyPercent: 50, maximumPercent: 150 },
  ],
  [
    "what CDK sends",
    { maximumPercent: 200, minimumHealthyPercent: 50, alarms: { alarmNames: [], enable: false, rollback: false } },
    { minimumHealthyPercent: 50 },
  ],
  ["what Terraform sends", { strategy: "ROLLING", bakeTimeInMinutes: 0, lifecycleHooks: [] }, {}],
  [
    "a circuit breaker",
    { deploymentCircuitBreaker: { enable: true, rollback: true } },
    { circuitBreaker: { enable: true, rollback: true } },
  ],
  [
    "what DescribeServices shows",
    {
      deploymentCircuitBreaker: {
        enable: false,
        rollback: false,
        resetOnHealthyTask: true,
        thresholdConfiguration: { type: "BOUNDED_PERCENT", value: 50 },
      },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: "ROLLING",
      bakeTimeInMinutes: 0,
    },
    {},
  ],
])("%s", (_, given, result) => {
  expect(checkDeploymentConfiguration(given, defaults)).toEqual({ ...defaults, ...result });
});

test.each<[message: string, given: DeploymentConfiguration]>([
  ["maximumPercent must be at least 100", { maximumPercent: 99 }],
  ["minimumHealthyPercent must be at most 100", { minimumHealthyPercent: 101 }],
  ["minimumHealthyPercent must be at least 0", { minimumHealthyPercent: -1 }],
  [
    "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
    { maximumPercent: 100 },
  ],
  [
    "Invalid deployment circuit breaker threshold value.",
    { deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: "COUNT", value: 0 } } },
  ],
  [
    "Invalid deployment circuit breaker threshold value.",
    {
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        thresholdConfiguration: { type: "BOUNDED_PERCENT", value: 101 },
      },
    },
  ],
  [
    "'deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration' is not supported by Neargate yet.",
    { deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: "COUNT", value: 5 } } },
  ],
  ["'deploymentConfiguration.strategy BLUE_GREEN' is not supported by Neargate yet.", { strategy: "BLUE_GREEN" }],
  ["'deploymentConfiguration.bakeTimeInMinutes' is not supported by Neargate yet.", { bakeTimeInMinutes: 5 }],
  [
    "'deploymentConfiguration.alarms' is not supported by Neargate yet.",
    { alarms: { alarmNames: ["a"], enable: true, rollback: false } },
  ],
])("%s", (message, given) => {
  expect(() => checkDeploymentConfiguration(given, defaults)).toThrow(
    expect.objectContaining({ code: "InvalidParameterException", message }),
  );
});

test("rebalancing may be off, and says why it cannot be on", () => {
  expect(() => checkRebalancing(undefined, 200, "created")).not.toThrow();
  expect(() => checkRebalancing("DISABLED", 100, "created")).not.toThrow();
  expect(() => checkRebalancing("ENABLED", 200, "created")).toThrow(
    "'availabilityZoneRebalancing ENABLED' is not supported",
  );
  expect(() => checkRebalancing("ENABLED", 100, "updated")).toThrow(
    "The service couldn't be updated because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration.",
  );
});
