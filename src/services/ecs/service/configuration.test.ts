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
    { minimumHealthyPercent: 50, alarms: { alarmNames: [], enable: false, rollback: false } },
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
    {
      circuitBreaker: {
        enable: false,
        rollback: false,
        resetOnHealthyTask: true,
        threshold: { type: "BOUNDED_PERCENT", value: 50 },
      },
    },
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
    "alarmNames can not be empty when alarms are enabled.",
    { alarms: { alarmNames: [], enable: true, rollback: false } },
  ],
  [
    "healthyPercent and sourceServiceRevisionCleanup must be specified when earlySuccessCriteria is enabled.",
    { earlySuccessCriteria: { enable: true } },
  ],
  [
    "healthyPercent must be an integer between 0 and 100.",
    { earlySuccessCriteria: { enable: true, healthyPercent: 100.5, sourceServiceRevisionCleanup: "BLOCKING" } },
  ],
  [
    "healthyPercent must be greater than or equal to minimumHealthyPercent.",
    { earlySuccessCriteria: { enable: true, healthyPercent: 99, sourceServiceRevisionCleanup: "BLOCKING" } },
  ],
])("%s", (message, given) => {
  expect(() => checkDeploymentConfiguration(given, defaults)).toThrow(
    expect.objectContaining({ code: "InvalidParameterException", message }),
  );
});

test("what is not given stays, and what is off goes", () => {
  const first = checkDeploymentConfiguration(
    {
      minimumHealthyPercent: 50,
      bakeTimeInMinutes: 5,
      alarms: { alarmNames: ["errors"], enable: true, rollback: true },
      earlySuccessCriteria: { enable: true, healthyPercent: 60, sourceServiceRevisionCleanup: "DEFERRED" },
    },
    defaults,
  );
  const second = checkDeploymentConfiguration({ maximumPercent: 150 }, first);
  expect(second).toEqual({ ...first, maximumPercent: 150 });
  const third = checkDeploymentConfiguration(
    {
      bakeTimeInMinutes: 0,
      alarms: { alarmNames: [], enable: false, rollback: false },
      earlySuccessCriteria: { enable: false },
    },
    second,
  );
  expect(third).toEqual({
    ...defaults,
    minimumHealthyPercent: 50,
    maximumPercent: 150,
    alarms: { alarmNames: [], enable: false, rollback: false },
  });
});

test("rebalancing is on for new services, where the percentages allow it, and stays what it was for others", () => {
  expect(checkRebalancing(undefined, 200)).toBe(true);
  expect(checkRebalancing(undefined, 100)).toBe(false);
  expect(checkRebalancing("DISABLED", 200)).toBe(false);
  expect(checkRebalancing(undefined, 200, {})).toBe(false);
  expect(checkRebalancing(undefined, 200, { rebalancing: true })).toBe(true);
  expect(checkRebalancing("ENABLED", 200, {})).toBe(true);
  for (const [asked, before, done] of [
    ["ENABLED", undefined, "created"],
    ["ENABLED", {}, "updated"],
    [undefined, { rebalancing: true }, "updated"],
  ] as const)
    expect(() => checkRebalancing(asked, 100, before)).toThrow(
      `The service couldn't be ${done} because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration.`,
    );
});
