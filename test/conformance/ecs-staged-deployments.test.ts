import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateTaskProtectionCommand,
  type CreateServiceRequest,
  type DeploymentLifecycleHookStage,
  type DeploymentStrategy,
  type ServiceDeployment,
} from "@aws-sdk/client-ecs";
import { CreateHttpNamespaceCommand, ListNamespacesCommand } from "@aws-sdk/client-servicediscovery";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";
import { probed, Services } from "./ecs/services.ts";

/* Blue/green, linear and canary deployments as their API shows them, on containers that do what their image's tag says. */

let engine: TestEngine;
let fargate: Fargate;
/** They run blue unless told. */
let services: Services;
/** Two that are healthy as soon as they were probed, and one that never starts. */
let blue: string;
let green: string;
let bad: string;

beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated"]);
  fargate = await Fargate.prepare(engine);
  [blue, green, bad] = await Promise.all([
    fargate.define([web("1")]),
    fargate.define([web("2")]),
    fargate.define([web("create-error")]),
  ]);
  services = new Services(fargate, blue);
  await fargate.clients.cloudMap.send(new CreateHttpNamespaceCommand({ Name: "staged" }));
  await until(async () => {
    const { Namespaces } = await fargate.clients.cloudMap.send(new ListNamespacesCommand({}));
    return Namespaces!.some(({ Name }) => Name === "staged");
  });
});
afterAll(() => engine.stop());

const web = (tag: string) => ({
  ...probed(`public.example/web:${tag}`),
  portMappings: [{ name: "web", containerPort: 8080, appProtocol: "http" as const }],
});

function pausing(strategy: DeploymentStrategy, ...lifecycleStages: DeploymentLifecycleHookStage[]) {
  return {
    strategy,
    bakeTimeInMinutes: 0,
    lifecycleHooks: lifecycleStages.length ? [{ targetType: "PAUSE" as const, lifecycleStages }] : [],
  };
}

/** A service of two tasks, unless told, whose first deployment is over. */
async function create(serviceName: string, more: Partial<CreateServiceRequest> = {}): Promise<void> {
  await services.create(serviceName, {
    desiredCount: 2,
    deploymentConfiguration: { strategy: "BLUE_GREEN" },
    ...more,
  });
  await services.deployed(serviceName);
}

async function newest(service: string): Promise<ServiceDeployment> {
  return (await services.deployments(service))[0]!;
}

/** Waits until it is so; `expect.poll` is not for tests that run side by side. */
async function becomes<T>(look: () => Promise<T>, expected: NoInfer<T>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let seen = await look();
  while (!isDeepStrictEqual(seen, expected) && Date.now() < deadline) {
    await sleep(200);
    seen = await look();
  }
  expect(seen).toEqual(expected);
}

/** Waits until it pauses in a stage; answers the hook. */
async function untilPaused(service: string, stage: string, hooks = 1): Promise<string> {
  const paused = async () => {
    const { lifecycleStage, lifecycleHookDetails } = await newest(service);
    return [lifecycleStage, lifecycleHookDetails!.length, lifecycleHookDetails!.at(-1)?.status];
  };
  await becomes<unknown[]>(paused, [stage, hooks, "AWAITING_ACTION"]);
  return (await newest(service)).lifecycleHookDetails!.at(-1)!.hookId!;
}

async function answer(service: string, hookId: string, action?: "CONTINUE" | "ROLLBACK"): Promise<void> {
  const { serviceDeploymentArn } = await newest(service);
  await fargate.clients.ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action }));
}

/** The service's tasks that are to run, as `definition's revision` → ids. */
async function tasksOf(serviceName: string): Promise<{ blue: string[]; green: string[] }> {
  const tasks = await services.tasks(serviceName);
  const of = (definition: string) =>
    tasks
      .filter(({ taskDefinitionArn, desiredStatus }) => taskDefinitionArn === definition && desiredStatus === "RUNNING")
      .map(({ taskArn }) => taskArn!)
      .toSorted();
  return { blue: of(blue), green: of(green) };
}

const counts = async (service: string) => {
  const tasks = await tasksOf(service);
  return [tasks.blue.length, tasks.green.length];
};

const pollCounts = (service: string, expected: number[]) => becomes(() => counts(service), expected);

const connected = (port: number) => ({
  enabled: true,
  namespace: "staged",
  services: [{ portName: "web", discoveryName: `web${port}`, clientAliases: [{ port }] }],
});
const weights = async (service: string) => {
  const { targetServiceRevision: target, sourceServiceRevisions: sources } = await newest(service);
  return [target!, ...sources!].map((one) => [one.requestedTestTrafficWeight, one.requestedProductionTrafficWeight]);
};

describe.concurrent("a deployment with stages", () => {
  test("both revisions run side by side, each at the desired count, until the blue one is cleaned up", async () => {
    await create("side");
    const before = await tasksOf("side");
    const updated = await services.update("side", {
      taskDefinition: green,
      deploymentConfiguration: pausing("BLUE_GREEN", "PRE_SCALE_UP", "POST_SCALE_UP"),
    });
    expect(updated.deploymentConfiguration).toMatchObject({
      strategy: "BLUE_GREEN",
      bakeTimeInMinutes: 0,
      lifecycleHooks: [
        {
          targetType: "PAUSE",
          lifecycleStages: ["PRE_SCALE_UP", "POST_SCALE_UP"],
          timeoutConfiguration: { timeoutInMinutes: 1440, action: "ROLLBACK" },
        },
      ],
    });
    expect(updated.deployments!.map(({ status, desiredCount }) => [status, desiredCount])).toEqual([
      ["PRIMARY", 0],
      ["ACTIVE", 2],
    ]);
    const first = await untilPaused("side", "PRE_SCALE_UP");
    expect(first).toMatch(/^ecs-pause-[\w-]{43}$/);
    expect(await tasksOf("side")).toEqual(before);
    const paused = await newest("side");
    expect(paused).toMatchObject({
      status: "IN_PROGRESS",
      lifecycleHookDetails: [{ hookId: first, targetType: "PAUSE", timeoutAction: "ROLLBACK" }],
      targetServiceRevision: { requestedTaskCount: 0, runningTaskCount: 0 },
      sourceServiceRevisions: [{ requestedTaskCount: 2, runningTaskCount: 2 }],
    });
    expect(paused.lifecycleHookDetails![0]!.expiresAt!.getTime() - Date.now()).toBeGreaterThan(23 * 3_600_000);
    // No traffic of it is managed: nothing is said of where it goes.
    expect(paused.targetServiceRevision!.requestedProductionTrafficWeight).toBeUndefined();

    await answer("side", first, "CONTINUE");
    const second = await untilPaused("side", "POST_SCALE_UP", 2);
    expect((await tasksOf("side")).blue).toEqual(before.blue);
    expect(await counts("side")).toEqual([2, 2]);
    const both = await services.describe("side");
    expect(both).toMatchObject({ desiredCount: 2, runningCount: 4 });
    expect(both.deployments!.map(({ status, desiredCount }) => [status, desiredCount])).toEqual([
      ["PRIMARY", 2],
      ["ACTIVE", 2],
    ]);
    // A new desired count is for both, and whichever loses a task gets another.
    await services.update("side", { desiredCount: 3 });
    await pollCounts("side", [3, 3]);
    await fargate.clients.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: before.blue[0]! }));
    await fargate.clients.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: (await tasksOf("side")).green[0]! }));
    await pollCounts("side", [3, 3]);

    const { green: kept } = await tasksOf("side");
    await answer("side", second);
    const done = await services.deployed("side");
    expect(done.lifecycleStage).toBe("CLEAN_UP");
    expect(done.lifecycleHookDetails!.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(await tasksOf("side")).toEqual({ blue: [], green: kept });
    await becomes(
      async () => (await services.describe("side")).events![0]!.message,
      "(service side) has reached a steady state.",
    );
    expect((await services.describe("side")).deployments).toMatchObject([
      { status: "PRIMARY", rolloutState: "COMPLETED" },
    ]);
  });

  test("a first deployment pauses as well, and has nothing to go back to", async () => {
    await services.create("new", {
      taskDefinition: green,
      deploymentConfiguration: pausing("BLUE_GREEN", "POST_TEST_TRAFFIC_SHIFT"),
    });
    const hook = await untilPaused("new", "POST_TEST_TRAFFIC_SHIFT");
    await answer("new", hook, "ROLLBACK");
    const over = await services.deployed("new", "ROLLBACK_FAILED");
    expect(over.statusReason).toMatch(/No rollback candidate was found to run the rollback\.$/);
    // What stands can be replaced.
    await services.update("new", { taskDefinition: blue, deploymentConfiguration: pausing("BLUE_GREEN") });
    await services.deployed("new");
    expect(await counts("new")).toEqual([1, 0]);
  });

  test("the circuit breaker leads back what never starts", async () => {
    await create("tripped", { desiredCount: 1 });
    const before = await tasksOf("tripped");
    await services.update("tripped", {
      taskDefinition: bad,
      deploymentConfiguration: {
        deploymentCircuitBreaker: {
          enable: true,
          rollback: true,
          thresholdConfiguration: { type: "COUNT", value: 1 },
        },
      },
    });
    const over = await services.deployed("tripped", "ROLLBACK_SUCCESSFUL");
    expect(over).toMatchObject({
      statusReason: "Service deployment rolled back because the circuit breaker threshold was exceeded.",
      deploymentCircuitBreaker: { status: "TRIGGERED", failureCount: 1, threshold: 1 },
    });
    expect(await tasksOf("tripped")).toEqual(before);
  });

  test("StopServiceDeployment with ABORT leaves both revisions as they are", async () => {
    await create("aborted", { desiredCount: 1 });
    const before = await tasksOf("aborted");
    await services.update("aborted", {
      taskDefinition: green,
      deploymentConfiguration: pausing("BLUE_GREEN", "POST_SCALE_UP"),
    });
    await untilPaused("aborted", "POST_SCALE_UP");
    const { serviceDeploymentArn } = await newest("aborted");
    await fargate.clients.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: "ABORT" }));
    const stopped = await services.deployed("aborted", "STOPPED");
    expect(stopped.lifecycleHookDetails).toMatchObject([{ status: "FAILED" }]);
    const both = await tasksOf("aborted");
    expect([both.blue, both.green.length]).toEqual([before.blue, 1]);
  });

  test("one that is put an end to goes before the next begins; a protected task of blue is waited for", async () => {
    await create("super", { desiredCount: 1 });
    const before = await tasksOf("super");
    await services.update("super", { taskDefinition: bad, deploymentConfiguration: pausing("BLUE_GREEN") });
    await becomes(async () => (await newest("super")).lifecycleStage, "SCALE_UP");
    const first = await newest("super");
    await services.update("super", {
      taskDefinition: green,
      deploymentConfiguration: pausing("BLUE_GREEN", "RECONCILE_SERVICE"),
    });
    const hook = await untilPaused("super", "RECONCILE_SERVICE");
    const { serviceDeployments } = await fargate.clients.ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [first.serviceDeploymentArn!] }),
    );
    expect(serviceDeployments![0]!.status).toBe("STOPPED");
    expect(await tasksOf("super")).toEqual(before);
    const protect = (protectionEnabled: boolean) =>
      fargate.clients.ecs.send(
        new UpdateTaskProtectionCommand({ cluster: CLUSTER, tasks: before.blue, protectionEnabled }),
      );
    await protect(true);
    await answer("super", hook);
    await becomes(async () => (await newest("super")).lifecycleStage, "CLEAN_UP");
    expect((await tasksOf("super")).blue).toEqual(before.blue);
    // Green serves already: it does so until the next one does.
    const { green: serving } = await tasksOf("super");
    await services.update("super", {
      forceNewDeployment: true,
      deploymentConfiguration: pausing("BLUE_GREEN", "POST_SCALE_UP"),
    });
    await becomes(async () => (await newest("super")).lifecycleStage, "RECONCILE_SERVICE");
    expect(await tasksOf("super")).toEqual({ blue: before.blue, green: serving });
    await protect(false);
    const scaledUp = await untilPaused("super", "POST_SCALE_UP");
    expect((await tasksOf("super")).green).toEqual(expect.arrayContaining(serving));
    await answer("super", scaledUp);
    await services.deployed("super");
    expect(await counts("super")).toEqual([0, 1]);
  });

  test("a canary gets its part first, after a pause, and then all after another", async () => {
    await create("canary", { desiredCount: 1, serviceConnectConfiguration: connected(81) });
    const before = await tasksOf("canary");
    await services.update("canary", {
      taskDefinition: green,
      deploymentConfiguration: {
        ...pausing("CANARY", "PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"),
        canaryConfiguration: { canaryPercent: 0.5, canaryBakeTimeInMinutes: 0 },
      },
    });
    const first = await untilPaused("canary", "PRE_PRODUCTION_TRAFFIC_SHIFT");
    expect(await weights("canary")).toEqual([
      [100, 0],
      [0, 100],
    ]);
    await answer("canary", first);
    const second = await untilPaused("canary", "PRE_PRODUCTION_TRAFFIC_SHIFT", 2);
    expect(second).not.toBe(first);
    expect(await weights("canary")).toEqual([
      [100, 0.5],
      [0, 99.5],
    ]);
    await answer("canary", second);
    const third = await untilPaused("canary", "POST_PRODUCTION_TRAFFIC_SHIFT", 3);
    expect(await weights("canary")).toEqual([
      [100, 100],
      [0, 0],
    ]);
    await answer("canary", third, "ROLLBACK");
    const over = await services.deployed("canary", "ROLLBACK_SUCCESSFUL");
    const reason = `Service deployment rolled back because POST_PRODUCTION_TRAFFIC_SHIFT lifecycle hook(s) failed. Lifecycle hook ${third} was continued with the ROLLBACK action.`;
    expect(over).toMatchObject({
      statusReason: reason,
      rollback: { reason, serviceRevisionArn: over.sourceServiceRevisions![0]!.arn },
      lifecycleHookDetails: [{ status: "SUCCEEDED" }, { status: "SUCCEEDED" }, { status: "FAILED" }],
    });
    await expect(answer("canary", third)).rejects.toMatchObject({ name: "InvalidParameterException" });
    expect((await services.describe("canary")).deployments).toMatchObject([
      { status: "PRIMARY", taskDefinition: blue },
    ]);
    expect(await weights("canary")).toEqual([
      [0, 0],
      [100, 100],
    ]);
    expect(await tasksOf("canary")).toEqual(before);
  });

  test("a linear one goes step by step; the steps bake", async () => {
    await create("linear", { desiredCount: 1, serviceConnectConfiguration: connected(82) });
    await services.update("linear", {
      taskDefinition: green,
      deploymentConfiguration: {
        ...pausing("LINEAR"),
        linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 },
      },
    });
    await becomes(
      () => weights("linear"),
      [
        [100, 50],
        [0, 50],
      ],
    );
    expect((await newest("linear")).lifecycleStage).toBe("PRODUCTION_TRAFFIC_SHIFT");
    const { serviceDeploymentArn } = await newest("linear");
    await fargate.clients.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn }));
    await services.deployed("linear", "ROLLBACK_SUCCESSFUL");
    expect(await counts("linear")).toEqual([1, 0]);
  });

  test("what cannot be is refused", async () => {
    await create("refusing", { desiredCount: 0 });
    const { serviceDeploymentArn } = await newest("refusing");
    const send = (input: object) =>
      fargate.clients.ecs.send(
        new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId: "ecs-pause-none", ...input }),
      );
    await expect(send({})).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(send({ serviceDeploymentArn: `${serviceDeploymentArn}x` })).rejects.toMatchObject({
      name: "ServiceDeploymentNotFoundException",
    });
    for (const strategy of ["LINEAR", "CANARY"] as const)
      await expect(
        services.update("refusing", { taskDefinition: green, deploymentConfiguration: { strategy } }),
      ).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: `The ${strategy} deployment strategy requires Elastic Load Balancing or a Service Connect service to be configured.`,
      });
  });
});

test("an engine that is killed in the middle of a stage goes on with it", async () => {
  // It may die before its start has been told.
  const restart = (point: string) => engine.up({ NEARGATE_FAILPOINTS: `${point}=kill` }).catch(() => {});
  const points = ["ecs.stage-tasks-started", "ecs.stage-traffic-shifted", "ecs.stage-clean-up"];
  await create("killed", { desiredCount: 1, serviceConnectConfiguration: connected(83) });
  await engine.kill();
  await restart(points[0]!);
  await services
    .update("killed", { taskDefinition: green, deploymentConfiguration: pausing("BLUE_GREEN") })
    .catch(() => {});
  for (const point of [...points.slice(1), undefined]) {
    await until(() => !engine.alive, 60_000, `a kill before ${point}`);
    await (point ? restart(point) : engine.up());
  }
  await services.deployed("killed");
  expect(await counts("killed")).toEqual([0, 1]);
});
