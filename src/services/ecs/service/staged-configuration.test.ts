import type { DeploymentConfiguration, DeploymentLifecycleHook } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import { checkStagedSettings, requireTraffic, stagePlan, stagedSettingsView } from "./staged-configuration.ts";

const PAUSE: DeploymentLifecycleHook = { targetType: "PAUSE", lifecycleStages: ["POST_SCALE_UP"] };
const CHECKED_PAUSE = { ...PAUSE, timeoutConfiguration: { timeoutInMinutes: 1440, action: "ROLLBACK" } };

test.each<[string, DeploymentConfiguration, object]>([
  ["rolling is nothing special", {}, {}],
  ["also when it is named", { strategy: "ROLLING", lifecycleHooks: [] }, {}],
  ["blue/green", { strategy: "BLUE_GREEN", bakeTimeInMinutes: 1440 }, { strategy: "BLUE_GREEN" }],
  [
    "linear, with AWS's defaults",
    { strategy: "LINEAR" },
    { strategy: "LINEAR", linear: { stepPercent: 10, stepBakeTimeInMinutes: 6 } },
  ],
  [
    "linear as told",
    { strategy: "LINEAR", linearConfiguration: { stepPercent: 3.1, stepBakeTimeInMinutes: 0 } },
    { strategy: "LINEAR", linear: { stepPercent: 3.1, stepBakeTimeInMinutes: 0 } },
  ],
  [
    "canary, with AWS's defaults",
    { strategy: "CANARY", canaryConfiguration: {} },
    { strategy: "CANARY", canary: { canaryPercent: 5, canaryBakeTimeInMinutes: 10 } },
  ],
  [
    "hooks, with AWS's defaults",
    { strategy: "BLUE_GREEN", lifecycleHooks: [PAUSE] },
    { strategy: "BLUE_GREEN", lifecycleHooks: [CHECKED_PAUSE] },
  ],
])("%s", (_, given, expected) => {
  expect(checkStagedSettings(given, {})).toEqual(expected);
});

const hook = (changes: DeploymentLifecycleHook): DeploymentConfiguration => ({
  strategy: "BLUE_GREEN",
  lifecycleHooks: [{ ...PAUSE, ...changes }],
});

test.each<[string, DeploymentConfiguration]>([
  ["linearConfiguration is only valid", { strategy: "CANARY", linearConfiguration: {} }],
  ["canaryConfiguration is only valid", { canaryConfiguration: {} }],
  ["bakeTimeInMinutes must be between 0 and 1440", { strategy: "BLUE_GREEN", bakeTimeInMinutes: 1441 }],
  [
    "stepPercent must be a multiple of 0.1 between 3.0",
    { strategy: "LINEAR", linearConfiguration: { stepPercent: 2.9 } },
  ],
  ["canaryPercent must be a multiple", { strategy: "CANARY", canaryConfiguration: { canaryPercent: 0.15 } }],
  ["canaryPercent must be a multiple", { strategy: "CANARY", canaryConfiguration: { canaryPercent: 100.1 } }],
  ["stepBakeTimeInMinutes must", { strategy: "LINEAR", linearConfiguration: { stepBakeTimeInMinutes: -1 } }],
  ["earlySuccessCriteria is only valid", { strategy: "CANARY", earlySuccessCriteria: { enable: true } }],
  ["lifecycleHooks with the ROLLING strategy' is not supported", { lifecycleHooks: [PAUSE] }],
  ["targetType AWS_LAMBDA' is not supported", hook({ targetType: undefined, hookTargetArn: "arn:aws:lambda:x" })],
  ["roleArn is not applicable", hook({ roleArn: "arn:aws:iam::1:role/x" })],
  ["hookDetails is not applicable", hook({ hookDetails: {} })],
  ["lifecycleStages must be specified", hook({ lifecycleStages: [] })],
  ["cannot be configured at the TEST_TRAFFIC_SHIFT", hook({ lifecycleStages: ["TEST_TRAFFIC_SHIFT"] })],
  ["cannot be configured at the PRODUCTION_TRAFFIC_SHIFT", hook({ lifecycleStages: ["PRODUCTION_TRAFFIC_SHIFT"] })],
  ["timeoutInMinutes must be between 1 and 20160", hook({ timeoutConfiguration: { timeoutInMinutes: 20_161 } })],
  ["timeoutInMinutes must be between 1 and 20160", hook({ timeoutConfiguration: { timeoutInMinutes: 0 } })],
  ["maximum of 10 pause", { strategy: "BLUE_GREEN", lifecycleHooks: Array.from({ length: 11 }, () => PAUSE) }],
])("refused: %s", (message, given) => {
  expect(() => checkStagedSettings(given, {})).toThrow(message);
});

test("what is not given stays, as far as the strategy has it", () => {
  const before = checkStagedSettings(
    { strategy: "CANARY", canaryConfiguration: { canaryPercent: 20 }, lifecycleHooks: [PAUSE] },
    {},
  );
  expect(checkStagedSettings({ maximumPercent: 150 }, before)).toEqual(before);
  expect(checkStagedSettings({ canaryConfiguration: { canaryBakeTimeInMinutes: 1 } }, before).canary).toEqual({
    canaryPercent: 20,
    canaryBakeTimeInMinutes: 1,
  });
  expect(checkStagedSettings({ strategy: "BLUE_GREEN", lifecycleHooks: [] }, before)).toEqual({
    strategy: "BLUE_GREEN",
  });
  expect(checkStagedSettings({ strategy: "ROLLING" }, before)).toEqual({});
});

test("a plan follows the configuration as it is shown", () => {
  const settings = checkStagedSettings(
    {
      strategy: "LINEAR",
      linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 2 },
      lifecycleHooks: [{ ...PAUSE, timeoutConfiguration: { timeoutInMinutes: 3, action: "CONTINUE" } }],
    },
    {},
  );
  const shown = { strategy: settings.strategy, bakeTimeInMinutes: 1, ...stagedSettingsView(settings) };
  expect(stagePlan(shown, true)).toEqual({
    steps: [50, 100],
    stepBakeMs: 120_000,
    bakeMs: 60_000,
    hooks: [{ stages: ["POST_SCALE_UP"], timeoutMs: 180_000, timeoutAction: "CONTINUE" }],
    managesTraffic: true,
  });
  expect(stagePlan({ strategy: "CANARY" }, false)).toMatchObject({ steps: [5, 100], stepBakeMs: 600_000, bakeMs: 0 });
  expect(stagePlan({ strategy: "BLUE_GREEN" }, false)).toMatchObject({ steps: [100], hooks: [] });
});

test("steps need traffic that is managed; blue/green does without", () => {
  expect(() => requireTraffic("BLUE_GREEN", {})).not.toThrow();
  expect(() => requireTraffic(undefined, {})).not.toThrow();
  expect(() => requireTraffic("LINEAR", {})).toThrow("requires");
});
