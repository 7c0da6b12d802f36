import { expect, test } from "vitest";
import type { NewEvent } from "../../../events/event.ts";
import type { Ecs } from "../ecs.ts";
import {
  publishDeploymentStateChange,
  publishHookStateChange,
  publishServiceAction,
  type ServiceAction,
} from "./service-events.ts";

const ARN = "arn:aws:ecs:us-west-2:111122223333";
const now = new Date("2026-01-02T03:04:05.678Z");
const service = {
  scope: { account: "111122223333", region: "us-west-2" },
  serviceArn: `${ARN}:service/default/web`,
  clusterArn: `${ARN}:cluster/default`,
};

/** What is published by `tell`. */
async function published(tell: (ecs: Pick<Ecs, "events" | "clock">) => Promise<void>): Promise<NewEvent> {
  const events: NewEvent[] = [];
  const bus = { publish: async (_: unknown, event: NewEvent) => void events.push(event) };
  await tell({ events: bus, clock: { now: () => now.getTime() } } as unknown as Pick<Ecs, "events" | "clock">);
  expect(events).toHaveLength(1);
  return events[0]!;
}

const action = (told: ServiceAction) => published((ecs) => publishServiceAction(ecs, service, told));

test("a steady state", async () => {
  expect(await action({ eventName: "SERVICE_STEADY_STATE" })).toEqual({
    source: "aws.ecs",
    detailType: "ECS Service Action",
    resources: [`${ARN}:service/default/web`],
    time: now,
    detail: {
      eventType: "INFO",
      eventName: "SERVICE_STEADY_STATE",
      clusterArn: `${ARN}:cluster/default`,
      createdAt: now,
    },
  });
});

test("no capacity for a task", async () => {
  const eventName = "SERVICE_TASK_PLACEMENT_FAILURE";
  const { detail } = await action({ eventName, capacityProviders: ["FARGATE_SPOT"], reason: "RESOURCE:FARGATE" });
  expect(detail).toEqual({
    eventType: "ERROR",
    eventName,
    clusterArn: `${ARN}:cluster/default`,
    capacityProviderArns: [`${ARN}:capacity-provider/FARGATE_SPOT`],
    reason: "RESOURCE:FARGATE",
    createdAt: now,
  });
});

test("tasks that do not start", async () => {
  const { detail } = await action({ eventName: "SERVICE_TASK_START_IMPAIRED" });
  expect(detail).toMatchObject({ eventType: "WARN", eventName: "SERVICE_TASK_START_IMPAIRED" });
});

test.each([
  ["SERVICE_DEPLOYMENT_IN_PROGRESS", "INFO", "ECS deployment ecs-svc/123 in progress."],
  ["SERVICE_DEPLOYMENT_COMPLETED", "INFO", "ECS deployment ecs-svc/123 completed."],
  ["SERVICE_DEPLOYMENT_FAILED", "ERROR", "ECS deployment circuit breaker: tasks failed to start."],
] as const)("%s", async (eventName, eventType, reason) => {
  const deployment = { id: "ecs-svc/123", updatedAt: new Date(0) };
  expect(await published((ecs) => publishDeploymentStateChange(ecs, service, deployment, eventName, reason))).toEqual({
    source: "aws.ecs",
    detailType: "ECS Deployment State Change",
    resources: [`${ARN}:service/default/web`],
    time: now,
    detail: { eventType, eventName, deploymentId: "ecs-svc/123", updatedAt: new Date(0), reason },
  });
});

test("a deployment that waits for somebody to go on", async () => {
  const serviceDeploymentArn = `${ARN}:service-deployment/default/web/0EYSiB0qap8xf0N76FsbE`;
  const expiresAt = new Date("2026-01-02T03:14:05Z");
  const hook = { hookId: "ecs-pause-1", hookType: "PAUSE", lifecycleStage: "POST_TEST_TRAFFIC_SHIFT" } as const;
  const state = { eventName: "HOOK_AWAITING_ACTION", ...hook, serviceDeploymentArn, expiresAt } as const;
  expect(await published((ecs) => publishHookStateChange(ecs, service, state))).toEqual({
    source: "aws.ecs",
    detailType: "ECS Hook State Change",
    resources: [serviceDeploymentArn],
    time: now,
    detail: {
      eventType: "INFO",
      eventName: "HOOK_AWAITING_ACTION",
      ...hook,
      expiresAt,
      clusterArn: `${ARN}:cluster/default`,
      serviceArn: `${ARN}:service/default/web`,
      serviceDeploymentArn,
      updatedAt: now,
    },
  });
});
