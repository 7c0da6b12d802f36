import { beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../base/clock.ts";
import { randomIds } from "../../../base/ids.ts";
import type { AlarmState } from "../../../control/alarm-states.ts";
import { withNewDeployment } from "./deployment.ts";
import { watchAlarms } from "./deployment-alarms.ts";
import { withMonitors, type MonitorParts } from "./monitors.ts";
import type { Rollout } from "./rollout.ts";
import type { ServiceDeploymentRecord } from "./service-deployment-record.ts";
import { primaryOf, revisionOf, withDeployment, type DeploymentRecord, type ServiceRecord } from "./service-record.ts";

const states = new Map<string, AlarmState>();
beforeEach(() => states.clear());
const parts: MonitorParts = {
  clock: systemClock,
  ids: randomIds,
  alarms: { states: async () => states, evaluationMs: async () => 0, onChange: () => () => {} },
};

const bare: ServiceRecord = {
  scope: { account: "000000000000", region: "us-east-1" },
  serviceName: "web",
  serviceArn: "arn",
  clusterName: "default",
  clusterArn: "arn",
  status: "ACTIVE",
  desiredCount: 1,
  platformVersion: "LATEST",
  minimumHealthyPercent: 100,
  maximumPercent: 200,
  circuitBreaker: { enable: true, rollback: true },
  healthCheckGracePeriodSeconds: 0,
  deployments: [],
  events: [],
  tags: [],
  propagateTags: "NONE",
  enableECSManagedTags: false,
  createdAt: new Date(0),
  createdBy: "arn",
};

const version = (n: number) => ({ taskDefinition: `web:${n}`, platformVersion: "1.4.0", network: { subnets: [] } });

/** A service whose version 1 was completed and whose version 2 is rolled out. */
function rollout(
  service: Partial<ServiceRecord>,
  primary: Partial<DeploymentRecord> = {},
  deployment: Partial<ServiceDeploymentRecord> = {},
): Rollout {
  const first = withNewDeployment({ ...bare, ...service }, version(1), randomIds, new Date(0));
  const completed = { ...first, lastCompleted: primaryOf(first), ...service };
  const second = withNewDeployment(completed, version(2), randomIds, new Date(0));
  return {
    service: withDeployment(second, { ...primaryOf(second), ...primary }),
    deployment: {
      scope: bare.scope,
      id: "abc",
      clusterName: "default",
      clusterArn: "arn",
      serviceName: "web",
      serviceArn: "arn",
      status: "IN_PROGRESS",
      target: { revision: "2", requestedTaskCount: 1, runningTaskCount: 0, pendingTaskCount: 0 },
      sources: [],
      configuration: {},
      deploymentIds: [primaryOf(second).id],
      breaker: { status: "MONITORING", failureCount: 0, threshold: 3 },
      createdAt: new Date(0),
      updatedAt: new Date(0),
      ...deployment,
    },
  };
}

const messages = ({ service }: Rollout) => service.events.map(({ message }) => message);

describe("the circuit breaker", () => {
  test("counts below its threshold", async () => {
    const waiting = rollout({}, { failedTasks: 2 });
    const after = await withMonitors(parts, waiting);
    expect(after.service).toBe(waiting.service);
    expect(after.deployment?.breaker).toEqual({ status: "MONITORING", failureCount: 2, threshold: 3 });
  });

  test("leaves a service without it alone, and a deployment that is completed", async () => {
    const without = rollout({ circuitBreaker: { enable: false, rollback: false } }, { failedTasks: 9 });
    expect((await withMonitors(parts, without)).service).toBe(without.service);
    const completed = rollout({}, { failedTasks: 9, rolloutState: "COMPLETED" }, { status: "SUCCESSFUL" });
    expect(await withMonitors(parts, completed)).toEqual(completed);
  });

  test("goes by the desired count of now", async () => {
    const { deployment } = await withMonitors(parts, rollout({ desiredCount: 25 }, { failedTasks: 12 }));
    expect(deployment).toMatchObject({ status: "IN_PROGRESS", breaker: { failureCount: 12, threshold: 13 } });
  });

  test("fails the deployment at its threshold, and the last completed version is rolled out again", async () => {
    const found = rollout({}, { failedTasks: 3 });
    const { service, deployment } = await withMonitors(parts, found);
    const [primary, failed, first] = service.deployments;
    expect(primary).toMatchObject({ status: "PRIMARY", taskDefinition: "web:1", rolloutState: "IN_PROGRESS" });
    expect(primary!.rolloutStateReason).toBe(
      `ECS deployment circuit breaker: rolling back to deploymentId ${primary!.id}.`,
    );
    expect(primary!.revision).toBe(revisionOf(first!));
    expect(failed).toMatchObject({ status: "ACTIVE", taskDefinition: "web:2", rolloutState: "FAILED" });
    expect(service.events.map((event) => event.message)).toEqual([
      `(service web) rolling back to deployment ${primary!.id}.`,
      `(service web) (deployment ${failed!.id}) deployment failed: tasks failed to start.`,
    ]);
    const reason = "Service deployment rolled back because the circuit breaker threshold was exceeded.";
    expect(deployment).toMatchObject({
      status: "ROLLBACK_IN_PROGRESS",
      statusReason: reason,
      breaker: { status: "TRIGGERED", failureCount: 3, threshold: 3 },
      rollback: { reason, revision: revisionOf(first!) },
      deploymentIds: [failed!.id, primary!.id],
    });
  });

  test("ends with a rollback that fails, too", async () => {
    const back = await withMonitors(parts, rollout({}, { failedTasks: 3 }));
    const failing = withDeployment(back.service, { ...primaryOf(back.service), failedTasks: 3 });
    const after = await withMonitors(parts, { ...back, service: failing });
    expect(after.service.deployments).toHaveLength(failing.deployments.length);
    expect(primaryOf(after.service)).toMatchObject({ taskDefinition: "web:1", rolloutState: "FAILED" });
    expect(after.deployment).toMatchObject({ status: "ROLLBACK_FAILED", breaker: { status: "TRIGGERED" } });
  });

  test("ends a rollback that a user asked for as failed, also when it rolls nothing back itself", async () => {
    const circuitBreaker = { enable: true, rollback: false };
    const back = await withMonitors(parts, rollout({ circuitBreaker }, {}, { status: "ROLLBACK_REQUESTED" }));
    const failing = withDeployment(back.service, { ...primaryOf(back.service), failedTasks: 3 });
    const after = await withMonitors(parts, { ...back, service: failing });
    expect(after.deployment).toMatchObject({
      status: "ROLLBACK_FAILED",
      statusReason: "Service deployment rollback failed because the circuit breaker threshold was exceeded.",
    });
  });

  test("rolls nothing back when that is not asked for", async () => {
    const found = rollout({ circuitBreaker: { enable: true, rollback: false } }, { failedTasks: 3 });
    const after = await withMonitors(parts, found);
    expect(primaryOf(after.service)).toMatchObject({ taskDefinition: "web:2", rolloutState: "FAILED" });
    expect(after.deployment).toMatchObject({ status: "STOPPED", stoppedAt: expect.any(Date) });
  });

  test("has nothing to go back to when nothing was ever completed", async () => {
    const after = await withMonitors(parts, rollout({ lastCompleted: undefined }, { failedTasks: 3 }));
    expect(primaryOf(after.service)).toMatchObject({ taskDefinition: "web:2", rolloutState: "FAILED" });
    expect(after.deployment).toMatchObject({
      status: "ROLLBACK_FAILED",
      statusReason: "No rollback candidate was found to run the rollback.",
    });
  });

  test("trips for a service that an earlier release has stored", async () => {
    const { service } = rollout({}, { failedTasks: 3, revision: undefined });
    const after = await withMonitors(parts, { service, deployment: undefined });
    expect(primaryOf(after.service)).toMatchObject({ taskDefinition: "web:1", isRollback: true });
    expect(after.deployment).toBeUndefined();
  });
});

describe("alarms", () => {
  const watched = (rollback: boolean, ignored: string[] = []) => {
    const alarms = watchAlarms(["a", "b"], new Map(ignored.map((name) => [name, "ALARM" as const])));
    return rollout({}, {}, { alarms, configuration: { alarms: { alarmNames: ["a", "b"], enable: true, rollback } } });
  };

  test("roll a deployment back", async () => {
    states.set("b", "ALARM");
    const after = await withMonitors(parts, watched(true));
    expect(primaryOf(after.service)).toMatchObject({ taskDefinition: "web:1", isRollback: true });
    expect(messages(after)[1]).toContain("deployment failed: alarm detected.");
    expect(after.deployment).toMatchObject({
      status: "ROLLBACK_IN_PROGRESS",
      alarms: { status: "TRIGGERED", triggered: ["b"] },
    });
  });

  test("fail it when no rollback is asked for", async () => {
    states.set("a", "ALARM");
    const after = await withMonitors(parts, watched(false));
    expect(primaryOf(after.service)).toMatchObject({ taskDefinition: "web:2", rolloutState: "FAILED" });
    expect(after.deployment?.status).toBe("STOPPED");
  });

  test("that rang before it count once they have been well", async () => {
    states.set("a", "ALARM");
    const begun = await withMonitors(parts, watched(true, ["a"]));
    expect(begun.deployment?.status).toBe("IN_PROGRESS");
    states.set("a", "OK");
    const well = await withMonitors(parts, begun);
    expect(well.deployment?.alarms?.ignored).toEqual([]);
    states.set("a", "ALARM");
    expect((await withMonitors(parts, well)).deployment?.status).toBe("ROLLBACK_IN_PROGRESS");
  });

  test("do not matter to a rollback", async () => {
    states.set("a", "ALARM");
    const back = await withMonitors(parts, watched(true));
    expect(await withMonitors(parts, back)).toEqual(back);
  });
});

describe("a user", () => {
  test("has a deployment rolled back", async () => {
    const after = await withMonitors(parts, rollout({}, {}, { status: "ROLLBACK_REQUESTED" }));
    expect(primaryOf(after.service)).toMatchObject({ taskDefinition: "web:1", isRollback: true });
    expect(after.deployment?.status).toBe("ROLLBACK_IN_PROGRESS");
  });

  test("stops it where it is", async () => {
    const after = await withMonitors(parts, rollout({}, {}, { status: "STOP_REQUESTED" }));
    expect(primaryOf(after.service)).toMatchObject({ taskDefinition: "web:2", rolloutState: "FAILED" });
    expect(after.deployment?.status).toBe("STOPPED");
  });
});
