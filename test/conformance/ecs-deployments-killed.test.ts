import {
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  UpdateServiceCommand,
  type Service,
  type ServiceDeployment,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";

/* A deployment whose engine dies at each of its steps, and goes on with the next. */

const SERVICE = "web";
let engine: TestEngine;
let fargate: Fargate;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"], { NEARGATE_FAILPOINTS: "ecs.deployment-recorded=kill" });
  fargate = await Fargate.prepare(engine);
});
afterAll(() => engine.stop());

function define(tag: string): Promise<string> {
  const healthCheck = { command: ["CMD", "true"], interval: 5, retries: 1 };
  return fargate.define([{ image: `public.example/web:${tag}`, healthCheck }]);
}

async function service(): Promise<Service> {
  const { ecs } = fargate.clients;
  return (await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }))).services![0]!;
}

/** Newest first. */
async function deployments(): Promise<ServiceDeployment[]> {
  const { ecs } = fargate.clients;
  const list = await ecs.send(new ListServiceDeploymentsCommand({ cluster: CLUSTER, service: SERVICE }));
  const serviceDeploymentArns = list.serviceDeployments!.map((one) => one.serviceDeploymentArn!);
  return (await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }))).serviceDeployments!;
}

const untilStatus = (status: string) => until(async () => (await deployments())[0]!.status === status, 90_000, status);

const armed = (step?: string) => ({ NEARGATE_FAILPOINTS: step === undefined ? "" : `ecs.deployment-${step}=kill` });

/** Waits for the engine to die at the step that it is to die at, and starts it again, to die at the next one. */
async function reborn(next?: string): Promise<void> {
  await until(() => !engine.alive, 90_000, "the end of the engine");
  // One that has everything at hand for its next step may die at once.
  await engine.up(armed(next)).catch(() => {});
}

/** The minimum healthy percent is 100. */
async function expectMinimum(): Promise<void> {
  const { runningCount, desiredCount } = await service();
  expect(runningCount).toBeGreaterThanOrEqual(desiredCount!);
}

/** The engine may die before it answers: what it was asked for is written down all the same. */
const update = async (taskDefinition: string) =>
  fargate.clients.ecs
    .send(new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, taskDefinition }))
    .catch(() => {});

const messages = async () => (await service()).events!.map(({ message }) => message!);

test("a new service goes on from each of its steps", async () => {
  const create = new CreateServiceCommand({
    cluster: CLUSTER,
    serviceName: SERVICE,
    taskDefinition: await define("1"),
    desiredCount: 2,
    launchType: "FARGATE",
    networkConfiguration: fargate.network(),
    deploymentConfiguration: {
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        thresholdConfiguration: { type: "COUNT", value: 2 },
      },
    },
  });
  await fargate.clients.ecs.send(create).catch(() => {});
  await reborn("tasks-started");
  await reborn("completed");
  await reborn("tasks-stopped");
  await untilStatus("SUCCESSFUL");
  const [only, ...others] = await deployments();
  expect(others).toEqual([]);
  expect(only!.targetServiceRevision).toMatchObject({ runningTaskCount: 2, pendingTaskCount: 0 });
  const said = await messages();
  expect(said.filter((text) => text.endsWith("deployment completed."))).toHaveLength(1);
});

test("a roll-out stays one, and keeps its minimum", async () => {
  const taskDefinition = await define("2");
  await update(taskDefinition);
  await reborn("breaker-tripped");
  await expectMinimum();
  await untilStatus("SUCCESSFUL");
  expect(await deployments()).toHaveLength(2);
  expect((await service()).deployments).toMatchObject([
    { status: "PRIMARY", taskDefinition, rolloutState: "COMPLETED", runningCount: 2 },
  ]);
});

test("a rollback is begun once, and the failures stay counted", async () => {
  const before = await service();
  await update(await define("create-error"));
  await reborn("rollback-begun");
  await reborn();
  await expectMinimum();
  await untilStatus("ROLLBACK_SUCCESSFUL");
  const all = await deployments();
  expect(all).toHaveLength(3);
  expect(all[0]!.deploymentCircuitBreaker).toEqual({ status: "TRIGGERED", failureCount: 2, threshold: 2 });
  expect((await service()).deployments).toMatchObject([
    { taskDefinition: before.taskDefinition, rolloutState: "COMPLETED", runningCount: 2 },
  ]);
  const said = await messages();
  expect(said.filter((text) => text.includes("rolling back to deployment"))).toHaveLength(1);
});
