import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import {
  CreateServiceCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  UpdateServiceCommand,
  type CreateServiceRequest,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";

/* The events of tasks and services, as `neargate events` shows them and EventBridge would deliver them. */

interface Event {
  id: string;
  "detail-type": string;
  source: string;
  account: string;
  region: string;
  time: string;
  resources: string[];
  detail: Record<string, unknown> & { lastStatus?: string; version?: number; eventName?: string };
}

const TASK = "ECS Task State Change";
const IMAGE = "public.example/web";

let engine: TestEngine;
let fargate: Fargate;
let taskDefinition: string;

beforeAll(async () => {
  // The first start dies with the first event.
  engine = await TestEngine.start(["--compute", "simulated"], { NEARGATE_FAILPOINTS: "events.published=kill" });
  fargate = await Fargate.prepare(engine);
  taskDefinition = await fargate.define([{ image: `${IMAGE}:exit-3-after-0.3s` }]);
});
afterAll(() => engine?.stop());

async function events(...flags: string[]): Promise<Event[]> {
  const { stdout } = await engine.neargate(["events", "--json", ...flags]);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
}

const about = (arn: string | undefined) => (event: Event) => event.resources.includes(arn!);

/** What a command prints, line by line. */
function linesOf(command: ChildProcess): string[] {
  const lines: string[] = [];
  createInterface({ input: command.stdout! }).on("line", (line) => lines.push(line));
  return lines;
}

async function described(taskArn: string): Promise<Task> {
  const { tasks } = await fargate.clients.ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [taskArn] }));
  return tasks![0]!;
}

const ended = (taskArn: string) => until(async () => (await described(taskArn)).lastStatus === "STOPPED");

const restart = () => engine.up({ NEARGATE_FAILPOINTS: "" });

test("a kill tells nothing of what was not done", async () => {
  await expect(fargate.run(taskDefinition, { startedBy: "killed" })).rejects.toThrow();
  await until(() => !engine.alive);
  await restart();
  const list = new ListTasksCommand({ cluster: CLUSTER, startedBy: "killed" });
  expect((await fargate.clients.ecs.send(list)).taskArns).toEqual([]);
  expect(await events()).toEqual([]);
});

test("a kill loses no event, nor tells one twice", async () => {
  const tasks = await fargate.run(taskDefinition, { count: 10 });
  await until(async () => (await events()).some(({ detail }) => detail.lastStatus === "PENDING"));
  const before = await events();
  await engine.kill();
  await restart();
  await Promise.all(tasks.map(({ taskArn }) => ended(taskArn!)));

  const all = await events();
  expect(all.slice(0, before.length)).toEqual(before);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const { taskArn } of tasks) {
    const life = all.filter(about(taskArn));
    const versions = life.map(({ detail }) => detail.version!);
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    const statuses = life.map(({ detail }) => detail.lastStatus);
    const { startedAt, version } = await described(taskArn!);
    // One that ended while nobody looked never was RUNNING.
    const ran = startedAt ? ["RUNNING"] : [];
    expect(statuses).toEqual(expect.arrayContaining(["PROVISIONING", "PENDING", ...ran, "DEPROVISIONING", "STOPPED"]));
    expect(versions.at(-1)).toBe(version);
  }
});

test("a task's life, while it goes on and afterwards", async () => {
  const follower = engine.spawnNeargate("events", "--follow", "--since", "1d", "--detail-type", TASK);
  const lines = linesOf(follower);
  const [task] = await fargate.run(taskDefinition);
  const arn = task!.taskArn!;
  const id = arn.split("/").at(-1);
  await until(() => lines.some((line) => line.includes(id!) && line.includes("STOPPED  app STOPPED 3")));
  follower.kill();
  await once(follower, "close");

  const life = (await events("--detail-type", TASK)).filter(about(arn));
  expect(life[0]).toMatchObject({
    version: "0",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    source: "aws.ecs",
    account: "000000000000",
    region: "us-east-1",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    resources: [arn],
    detail: { taskArn: arn, lastStatus: "PROVISIONING", desiredStatus: "RUNNING", version: 1, launchType: "FARGATE" },
  });
  const statuses = life.map(({ detail }) => detail.lastStatus);
  // One whose containers end before that is noted is never RUNNING.
  const { startedAt, version } = await described(arn);
  expect([...new Set(statuses)]).toEqual([
    "PROVISIONING",
    "PENDING",
    ...(startedAt ? ["RUNNING"] : []),
    ...statuses.filter((status) => status === "DEACTIVATING").slice(0, 1),
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
  ]);
  expect(life.at(-1)!.detail).toMatchObject({
    lastStatus: "STOPPED",
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    attachments: [{ type: "eni", status: "DELETED" }],
    containers: [{ name: "app", lastStatus: "STOPPED", exitCode: 3 }],
    stoppedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    version,
  });
  expect(life.at(-1)!.detail).not.toHaveProperty("healthStatus");
});

/** Makes a service on Spot capacity. */
async function createService(serviceName: string, definition: string, more: Partial<CreateServiceRequest> = {}) {
  const { service } = await fargate.clients.ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName,
      taskDefinition: definition,
      desiredCount: 1,
      capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
      networkConfiguration: fargate.network(),
      ...more,
    }),
  );
  return service!;
}

test("the deployment of a service that fails, and one that gets steady and smaller", async () => {
  const { ecs } = fargate.clients;
  await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: CLUSTER,
      capacityProviders: ["FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [],
    }),
  );
  const toldOf = async ({ serviceArn }: Service) =>
    (await events("--detail-type", "ECS Service Action", "--detail-type", "ECS Deployment State Change")).filter(
      about(serviceArn),
    );
  const namesOf = async (service: Service) => (await toldOf(service)).map(({ detail }) => detail.eventName);
  const untilTold = (service: Service, eventName: string) =>
    until(async () => (await namesOf(service)).includes(eventName), 120_000, eventName);

  // With a health check a task counts sooner than the 40 seconds that others need.
  const healthCheck = { command: ["CMD", "true"], interval: 5 };
  const web = await createService("web", await fargate.define([{ image: `${IMAGE}:1`, healthCheck }]));
  const broken = await createService("broken", await fargate.define([{ image: `${IMAGE}:pull-error` }]), {
    desiredCount: 3,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
  });
  await untilTold(broken, "SERVICE_DEPLOYMENT_FAILED");
  expect((await toldOf(broken)).find(({ detail }) => detail.eventName === "SERVICE_DEPLOYMENT_FAILED")).toMatchObject({
    "detail-type": "ECS Deployment State Change",
    detail: {
      eventType: "ERROR",
      deploymentId: broken.deployments![0]!.id,
      reason: "ECS deployment circuit breaker: tasks failed to start.",
    },
  });

  const { id: deploymentId } = web.deployments![0]!;
  await untilTold(web, "CAPACITY_PROVIDER_STEADY_STATE");
  const all = await toldOf(web);
  expect(all.map(({ detail }) => detail.eventName)).toEqual([
    "SERVICE_DEPLOYMENT_IN_PROGRESS",
    "SERVICE_DEPLOYMENT_COMPLETED",
    "SERVICE_STEADY_STATE",
    "CAPACITY_PROVIDER_STEADY_STATE",
  ]);
  expect(all[0]!.detail).toMatchObject({
    eventType: "INFO",
    deploymentId,
    reason: `ECS deployment ${deploymentId} in progress.`,
    updatedAt: expect.stringMatching(/Z$/),
  });
  expect(all[3]!.detail).toEqual({
    eventType: "INFO",
    eventName: "CAPACITY_PROVIDER_STEADY_STATE",
    clusterArn: web.clusterArn,
    capacityProviderArns: ["arn:aws:ecs:us-east-1:000000000000:capacity-provider/FARGATE_SPOT"],
    createdAt: expect.stringMatching(/Z$/),
  });

  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: "web" }));
  await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "web", desiredCount: 0 }));
  await untilTold(web, "TASKS_STOPPED");
  expect((await toldOf(web)).find(({ detail }) => detail.eventName === "TASKS_STOPPED")!.detail).toMatchObject({
    taskArns,
  });
  await ended(taskArns![0]!);
  expect((await events("--detail-type", TASK)).filter(about(taskArns![0])).at(-1)!.detail).toMatchObject({
    group: "service:web",
    startedBy: deploymentId,
    capacityProviderName: "FARGATE_SPOT",
    stopCode: "ServiceSchedulerInitiated",
    stoppedReason: `Scaling activity initiated by (deployment ${deploymentId})`,
  });
});

test("--since is a time or how long ago it was", async () => {
  const all = await events();
  // There may be more by now.
  expect((await events("--since", "1d")).slice(0, all.length)).toEqual(all);
  expect(await events("--since", "2100-01-01T00:00:00Z")).toEqual([]);
  await expect(events("--since", "soon")).rejects.toThrow("--since soon is neither like 10m nor a time");
});
