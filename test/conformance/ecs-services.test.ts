import {
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  UpdateTaskProtectionCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TestEngine } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";
import { messages, probed, Services, untilSeen } from "./ecs/services.ts";

/* What the scheduler makes of a service's settings, on containers that do what their image's tag says. */
vi.setConfig({ maxConcurrency: 20 });

const INVALID = "InvalidParameterException";

let engine: TestEngine;
let fargate: Fargate;
let services: Services;
let ecs: Fargate["clients"]["ecs"];

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  fargate = await Fargate.prepare(engine);
  ({ ecs } = fargate.clients);
  services = new Services(
    fargate,
    await fargate.define([probed("public.example/web:1")], { tags: [{ key: "from", value: "definition" }] }),
  );
});
afterAll(() => engine?.stop());

/** The names of the service actions that were told of a service. */
async function actions(serviceArn: string): Promise<string[]> {
  const { stdout } = await engine.neargate(["events", "--json", "--detail-type", "ECS Service Action"]);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { resources: string[]; detail: { eventName: string } })
    .filter(({ resources }) => resources.includes(serviceArn))
    .map(({ detail }) => detail.eventName);
}

describe.concurrent("services", () => {
  test("ten tasks a second are started at the most", async () => {
    const { createdAt } = await services.create("many", { desiredCount: 25 });
    const { events } = await services.until("many", ({ runningCount }) => runningCount === 25);
    const starts = events!
      .filter(({ message }) => message!.includes("has started"))
      .toReversed()
      .map((event) => ({ count: Number(/started (\d+) tasks/.exec(event.message!)![1]), at: event.createdAt! }));
    expect(starts.map(({ count }) => count)).toEqual([10, 10, 5]);
    // Rounds begin a second apart at the least, the first behind the creation; events come any time after their round began.
    for (const [index, { at }] of starts.entries())
      expect(at.getTime() - createdAt!.getTime()).toBeGreaterThan(index * 1000 - 50);
  });

  test("what tasks are tagged with follows an update, for those that start then", async () => {
    await services.create("tagged", {
      tags: [{ key: "from", value: "service" }],
      propagateTags: "SERVICE",
      enableECSManagedTags: true,
    });
    const [first] = await untilSeen(
      () => services.tasks("tagged"),
      (tasks) => tasks.length === 1,
    );
    const managed = [
      { key: "aws:ecs:clusterName", value: CLUSTER },
      { key: "aws:ecs:serviceName", value: "tagged" },
    ];
    expect(first!.tags).toEqual([{ key: "from", value: "service" }, ...managed]);
    const updated = await services.update("tagged", {
      propagateTags: "TASK_DEFINITION",
      enableECSManagedTags: false,
      desiredCount: 2,
    });
    expect(updated.deployments).toHaveLength(1);
    const both = await untilSeen(
      () => services.tasks("tagged"),
      (tasks) => tasks.length === 2,
    );
    expect(both.find(({ taskArn }) => taskArn !== first!.taskArn)!.tags).toEqual([
      { key: "from", value: "definition" },
    ]);
  });

  test("the minimum of healthy tasks rounds up and the maximum down: one task at 50 to 100 percent is stuck", async () => {
    const deploymentConfiguration = { minimumHealthyPercent: 50, maximumPercent: 100 };
    await services.create("single", { deploymentConfiguration });
    await services.deployed("single");
    await services.update("single", { forceNewDeployment: true });
    const stuck = await services.until("single", (seen) => messages(seen)[0]!.includes("unable to stop or start"));
    expect(messages(stuck)[0]).toBe(
      "(service single) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
    );
    // What is not given stays as it was.
    const updated = await services.update("single", { deploymentConfiguration: { minimumHealthyPercent: 0 } });
    expect(updated.deploymentConfiguration).toMatchObject({ minimumHealthyPercent: 0, maximumPercent: 100 });
    await services.deployed("single");
  });

  test("a definition that was deregistered goes on, and no service can be told to run it", async () => {
    const definition = await fargate.define([probed("public.example/web:2")]);
    await services.create("inactive", { taskDefinition: definition });
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: definition }));
    await services.update("inactive", { desiredCount: 2 });
    await services.until("inactive", ({ runningCount }) => runningCount === 2);
    await expect(services.update("inactive", { taskDefinition: definition })).rejects.toMatchObject({
      name: "ClientException",
      message: "TaskDefinition is inactive",
    });
  });

  test("a name is free again when its service has drained", async () => {
    // Its task takes its time to stop: the service still drains when its name is asked for, and is gone soon after.
    const slow = await fargate.define([{ image: "public.example/web:ignore-sigterm", stopTimeout: 5 }]);
    const { createdAt } = await services.create("again", { taskDefinition: slow });
    await services.until("again", ({ runningCount }) => runningCount === 1);
    await ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "again", force: true }));
    await expect(services.create("again")).rejects.toMatchObject({
      name: INVALID,
      message: "Unable to Start a service that is still Draining.",
    });
    await services.until("again", ({ status }) => status === "INACTIVE");
    await expect(services.update("again", { desiredCount: 1 })).rejects.toMatchObject({
      name: "ServiceNotActiveException",
    });
    const anew = await services.create("again", { desiredCount: 0 });
    expect(anew).toMatchObject({ status: "ACTIVE", events: [] });
    expect(anew.createdAt!.getTime()).toBeGreaterThan(createdAt!.getTime());
  });

  test("a page token is of the list that gave it, and of its order", async () => {
    for (const name of ["page-1", "page-2"]) await services.create(name, { desiredCount: 0 });
    for (let revision = 1; revision <= 3; revision++) await fargate.define([{ image: "web:1" }], { family: "paged" });
    const { nextToken } = await ecs.send(new ListServicesCommand({ cluster: CLUSTER, maxResults: 1 }));
    await expect(ecs.send(new ListTasksCommand({ cluster: CLUSTER, nextToken }))).rejects.toMatchObject({
      name: INVALID,
      message: "Invalid token.",
    });
    const list = async (more: object) =>
      await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: "paged", sort: "DESC", maxResults: 2, ...more }));
    const revisions = (arns: string[] | undefined) => arns!.map((arn) => arn.split(":").at(-1));
    const first = await list({});
    expect(revisions(first.taskDefinitionArns)).toEqual(["3", "2"]);
    // One that is new meanwhile shifts nothing.
    await fargate.define([{ image: "web:1" }], { family: "paged" });
    for (let times = 1; times <= 2; times++)
      expect(revisions((await list({ nextToken: first.nextToken })).taskDefinitionArns)).toEqual(["1"]);
    await expect(list({ sort: "ASC", nextToken: first.nextToken })).rejects.toMatchObject({
      message: "Invalid token.",
    });
  });

  test("where tasks are placed is not for a service to say", async () => {
    const constraints = { placementConstraints: [{ type: "distinctInstance" as const }] };
    const strategy = { placementStrategy: [{ type: "random" as const }] };
    await services.create("placed", { desiredCount: 0, placementConstraints: [], placementStrategy: [] });
    await services.update("placed", { placementConstraints: [], placementStrategy: [] });
    for (const send of [() => services.create("other", constraints), () => services.update("placed", constraints)])
      await expect(send()).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: "Placement constraints are not supported with FARGATE launch type.",
      });
    for (const send of [() => services.create("other", strategy), () => services.update("placed", strategy)])
      await expect(send()).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: "Placement strategies are not supported with FARGATE launch type.",
      });
  });

  test("scaling 10, 0, 10 and 3 in quick succession ends at exactly 3", async () => {
    await services.create("scaled", { desiredCount: 10 });
    for (const desiredCount of [0, 10, 3]) await services.update("scaled", { desiredCount });
    // Tasks that stop still count as running: on their way down there may be three of these, too.
    const settled = await untilSeen(
      async () => ({ ...(await services.describe("scaled")), wanted: await services.tasks("scaled") }),
      ({ runningCount, pendingCount, wanted }) =>
        runningCount === 3 &&
        pendingCount === 0 &&
        wanted.length === 3 &&
        wanted.every(({ lastStatus }) => lastStatus === "RUNNING"),
    );
    expect(settled.desiredCount).toBe(3);
  });

  test("tasks are moved from full zones to empty ones, one healthy before another goes", async () => {
    const created = await services.create("balanced", { desiredCount: 6 });
    expect(created.availabilityZoneRebalancing).toBe("ENABLED");
    await services.deployed("balanced");
    const all = await services.tasks("balanced");
    const [zone] = Map.groupBy(all, ({ availabilityZone }) => availabilityZone).keys();
    const kept = all.filter(({ availabilityZone }) => availabilityZone === zone).map(({ taskArn }) => taskArn!);
    const protect = (protectionEnabled: boolean) =>
      ecs.send(new UpdateTaskProtectionCommand({ cluster: CLUSTER, tasks: kept, protectionEnabled }));
    await protect(true);
    await services.update("balanced", { desiredCount: kept.length });
    const unbalanced = await services.until("balanced", (seen) =>
      messages(seen)[0]!.includes("was unable to AZ Rebalance"),
    );
    const counts = ["a", "b", "c"].map((letter) => `us-east-1${letter}`).map((one) => [one === zone ? 2 : 0, one]);
    const [first, second, third] = counts.map(([count, one]) => `${count} tasks in ${one}`);
    expect(messages(unbalanced).slice(0, 2)).toEqual([
      `(service balanced) was unable to AZ Rebalance because (taskSet ${created.deployments![0]!.id}) was unable to scale in due to (reason ${kept.length} tasks under protection).`,
      `(service balanced) is not AZ balanced with ${first}, ${second}, and ${third}. AZ Rebalancing in progress.`,
    ]);
    await protect(false);
    const after = await services.until("balanced", (seen) =>
      messages(seen).some((text) => text.startsWith("(service balanced) is AZ balanced with ")),
    );
    expect(messages(after)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/has started 1 tasks in us-east-1\w to AZ Rebalance: \(task \w+\)\.$/),
        expect.stringMatching(
          new RegExp(`has stopped 1 running tasks in ${zone} due to AZ rebalancing: \\(task \\w+\\)\\.$`),
        ),
      ]),
    );
    const left = (await services.tasks("balanced")).map(({ availabilityZone }) => availabilityZone);
    expect(new Set(left).size).toBe(kept.length);
    const { taskArns } = await ecs.send(
      new ListTasksCommand({ cluster: CLUSTER, serviceName: "balanced", desiredStatus: "STOPPED" }),
    );
    const moved = kept.find((taskArn) => taskArns!.includes(taskArn))!;
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [moved] }));
    expect(tasks![0]!.stoppedReason).toBe(
      `Availability-zone rebalancing initiated by (deployment ${created.deployments![0]!.id})`,
    );
    expect(await actions(created.serviceArn!)).toEqual([
      "SERVICE_STEADY_STATE",
      "TASKS_STOPPED",
      "SERVICE_REBALANCING_STARTED",
      "TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION",
      "SERVICE_STEADY_STATE",
      "TASKS_STARTED",
      "TASKS_STOPPED",
      "SERVICE_REBALANCING_COMPLETED",
      "SERVICE_STEADY_STATE",
    ]);
  });
});
