import { get } from "node:http";
import { BatchGetImageCommand, PutImageCommand } from "@aws-sdk/client-ecr";
import {
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  StopTaskCommand,
  type ContainerDefinition,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { allowTcp, CLUSTER, Fargate } from "../support/fargate.ts";
import { PATIENCE } from "../support/patience.ts";
import { messages, TestServices } from "../support/services.ts";

// Many tasks at once, and waits of half a minute in any case: on a busy machine they take their time.
vi.setConfig({ testTimeout: 400_000 * PATIENCE });

const TROUBLESHOOTING = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";

/** Of a probe that must not fail because the machine is slow. */
const PATIENT = { interval: 5, timeout: 60, retries: 10 };

/** Whether a web server answers, and well. */
function answers200(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = get(`http://${address}/version`, { agent: false, timeout: 10_000 }, (response) => {
      response.resume();
      response.once("close", () => resolve(response.complete && response.statusCode === 200));
    });
    sent.on("error", () => resolve(false));
    sent.on("timeout", () => sent.destroy());
  });
}

let engine: TestEngine;
let fargate: Fargate;
let busybox: string;
let services: TestServices;
beforeAll(async () => {
  engine = await TestEngine.start();
  fargate = await Fargate.prepare(engine);
  busybox = await fargate.pushBusybox();
  services = new TestServices(fargate, await fargate.securityGroup("web", [allowTcp(80)]));
});
afterAll(() => engine.stop());

describe.concurrent("side by side", () => {
  test("a service is created, scaled, rolled over to a new revision and deleted, in AWS's words", async () => {
    const healthCheck = { ...PATIENT, command: ["CMD-SHELL", "wget -qO- http://127.0.0.1/"] };
    const first = await fargate.define([{ image: busybox, command: ["httpd", "-f", "-h", "/www"], healthCheck }], {
      family: "web",
    });
    const created = await services.create("web", first);
    expect(created).toMatchObject({
      status: "ACTIVE",
      desiredCount: 2,
      runningCount: 0,
      deployments: [{ status: "PRIMARY", rolloutState: "IN_PROGRESS" }],
    });
    await services.stable("web");
    await services.completed("web");
    expect(messages(await services.describe("web"))).toEqual([
      "(service web) has started 2 tasks: (task ID) (task ID).",
      "(service web) (deployment DEPLOYMENT) deployment completed.",
      "(service web) has reached a steady state.",
    ]);

    await services.update("web", { desiredCount: 3 });
    await services.stable("web");
    const old = await services.taskIds("web");
    expect(old).toHaveLength(3);
    const zones = (await fargate.describe(old.map((id) => ({ taskArn: id })))).map((task) => task.availabilityZone);
    expect(new Set(zones).size).toBe(3);

    const second = await fargate.define(
      [
        {
          image: busybox,
          command: ["httpd", "-f", "-h", "/www"],
          healthCheck,
          environment: [{ name: "V", value: "2" }],
        },
      ],
      { family: "web" },
    );
    await services.update("web", { taskDefinition: "web" });
    let fewest = 3;
    await until(
      async () => {
        const service = await services.describe("web");
        fewest = Math.min(fewest, service.runningCount!);
        return service.deployments!.length === 1 && service.deployments![0]!.rolloutState === "COMPLETED";
      },
      300_000,
      "the roll-out",
    );
    expect(fewest).toBe(3);
    const rolled = await services.describe("web");
    expect(rolled.taskDefinition).toBe(second);
    expect((await services.taskIds("web")).filter((id) => old.includes(id))).toEqual([]);
    const said = messages(rolled);
    expect(said).toContain("(service web) has started 3 tasks: (task ID) (task ID) (task ID).");
    // One message or several: old tasks go as the new ones turn healthy.
    const stops = said.flatMap((text) => /has stopped (\d) running tasks: (\(task ID\) ?)+\.$/.exec(text)?.[1] ?? []);
    expect(stops.map(Number).reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(said.slice(-2)).toEqual([
      "(service web) (deployment DEPLOYMENT) deployment completed.",
      "(service web) has reached a steady state.",
    ]);
    const [stopped] = await fargate.describe(old.map((id) => ({ taskArn: id })));
    expect(stopped).toMatchObject({
      stopCode: "ServiceSchedulerInitiated",
      stoppedReason: expect.stringMatching(/^Scaling activity initiated by \(deployment ecs-svc\/\d{19}\)$/),
    });

    await expect(
      fargate.clients.ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "web" })),
    ).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "The service cannot be stopped while it is scaled above 0.",
    });
    await services.remove("web");
    expect(await services.taskIds("web")).toEqual([]);
  });

  test("a deployment keeps to the image of its first task when the tag moves, unless versionConsistency is disabled", async () => {
    const { ecr } = fargate.clients;
    const repositoryName = "busybox";
    const latest = { repositoryName, imageIds: [{ imageTag: "latest" }] };
    const { images } = await ecr.send(new BatchGetImageCommand(latest));
    /** Moves the tag to an image that has other spaces in its manifest; answers its digest. */
    const moveTag = async (indent: number) => {
      const imageManifest = JSON.stringify(JSON.parse(images![0]!.imageManifest!), null, indent);
      const put = { repositoryName, imageTag: "moving", imageManifest };
      return (await ecr.send(new PutImageCommand(put))).image!.imageId!.imageDigest!;
    };
    const digests = async (service: string) => {
      const tasks = await fargate.describe((await services.taskIds(service)).map((taskArn) => ({ taskArn })));
      return tasks.map(({ containers }) => containers![0]!.imageDigest!).toSorted();
    };
    const healthCheck = { ...PATIENT, command: ["CMD", "true"] };
    const container = { image: `${engine.registry}/busybox:moving`, healthCheck };
    const [before, pinned, loose] = await Promise.all([
      moveTag(1),
      fargate.define([container]),
      fargate.define([{ ...container, versionConsistency: "disabled" }]),
    ]);
    const both = ["pinned", "loose"];
    await services.create("pinned", pinned, { desiredCount: 1 });
    await services.create("loose", loose, { desiredCount: 1 });
    await Promise.all(both.map((service) => services.stable(service)));
    const after = await moveTag(2);
    expect(after).not.toBe(before);
    await Promise.all(both.map((service) => services.update(service, { desiredCount: 2 })));
    await Promise.all(both.map((service) => services.stable(service)));
    expect(await digests("pinned")).toEqual([before, before]);
    expect(await digests("loose")).toEqual([before, after].toSorted());
    // RunTask and the next deployment resolve the tag anew.
    const [task] = await fargate.start(pinned);
    expect(task!.containers![0]!.imageDigest).toBe(after);
    await services.update("pinned", { forceNewDeployment: true });
    await services.completed("pinned");
    expect(await digests("pinned")).toEqual([after, after]);
    await Promise.all([fargate.stop([task!]), ...both.map((service) => services.remove(service))]);
  });

  test("a task that is stopped is replaced", async () => {
    await services.create("heal", await fargate.define([{ image: busybox }]), { desiredCount: 1 });
    await services.stable("heal");
    const [victim] = await services.taskIds("heal");
    await fargate.clients.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: victim! }));
    await until(async () => {
      const ids = await services.taskIds("heal");
      return ids.length === 1 && ids[0] !== victim && (await services.describe("heal")).runningCount === 1;
    }, 240_000);
    await services.remove("heal");
  });

  test("a bad image trips the circuit breaker at the third failure, and the service rolls back by itself", async () => {
    const healthCheck = { ...PATIENT, command: ["CMD", "true"] };
    const good = await fargate.define([{ image: busybox, healthCheck }], { family: "breaker" });
    await services.create("breaker", good, {
      desiredCount: 1,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await services.completed("breaker");
    const before = messages(await services.describe("breaker"));
    const bad = await fargate.define([{ image: `${engine.registry}/busybox:none` }], { family: "breaker" });
    await services.update("breaker", { taskDefinition: bad });
    const { deployments } = await services.describe("breaker");
    const after = await services.completed("breaker", good);

    const failed = (
      await fargate.describe((await services.taskIds("breaker", "STOPPED")).map((taskArn) => ({ taskArn })))
    ).filter(({ taskDefinitionArn }) => taskDefinitionArn === bad);
    expect(failed.map(({ startedBy, stopCode }) => [startedBy, stopCode])).toEqual(
      Array.from({ length: 3 }, () => [deployments![0]!.id, "TaskFailedToStart"]),
    );
    const text = (message: string) => `(service breaker) ${message}`;
    const start = text("has started 1 tasks: (task ID).");
    const pull = text(`was unable to place a task. Reason: ${failed[0]!.stoppedReason}.`);
    expect(messages(after).slice(before.length)).toEqual([
      start,
      pull,
      start,
      start,
      text(`is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`),
      text("(deployment DEPLOYMENT) deployment failed: tasks failed to start."),
      text("rolling back to deployment DEPLOYMENT."),
      start,
      text("has stopped 1 running tasks: (task ID)."),
      text("(deployment DEPLOYMENT) deployment completed."),
      text("has reached a steady state."),
    ]);
    expect(after.deployments![0]!.rolloutStateReason).toMatch(/^ECS deployment ecs-svc\/\d{19} completed\.$/);

    const { ecs } = fargate.clients;
    const { serviceDeployments: history } = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster: CLUSTER, service: "breaker" }),
    );
    expect(history!.map(({ status }) => status)).toEqual(["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]);
    const { serviceDeployments: described } = await ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [history![0]!.serviceDeploymentArn!] }),
    );
    expect(described![0]).toMatchObject({
      status: "ROLLBACK_SUCCESSFUL",
      targetServiceRevision: { arn: history![0]!.targetServiceRevisionArn },
      rollback: { serviceRevisionArn: history![1]!.targetServiceRevisionArn },
      deploymentCircuitBreaker: { status: "TRIGGERED", failureCount: 3, threshold: 3 },
    });
    await services.remove("breaker");
  });

  test("0, 10, 0 and 3 tasks wanted in quick succession are 3 in the end", async () => {
    const healthCheck = { ...PATIENT, command: ["CMD", "true"] };
    await services.create("quick", await fargate.define([{ image: busybox, healthCheck }]), { desiredCount: 0 });
    for (const desiredCount of [10, 0, 3]) {
      await services.update("quick", { desiredCount });
      if (desiredCount === 10) await until(async () => (await services.taskIds("quick")).length === 10);
    }
    await until(async () => {
      const { runningCount, pendingCount } = await services.describe("quick");
      return runningCount === 3 && pendingCount === 0;
    }, 240_000);
    await until(async () => (await services.describe("quick")).events![0]!.message!.includes("steady state"), 240_000);
    expect(await services.taskIds("quick")).toHaveLength(3);
    await services.remove("quick");
  });

  test("of two deployments that are superseded while they start only the newest is left", async () => {
    const revisions: string[] = [];
    for (let n = 0; n < 4; n++) {
      // Those that are superseded are not healthy before they are.
      const healthCheck = { ...PATIENT, command: ["CMD", "true"], interval: n % 3 === 0 ? 5 : 300 };
      revisions.push(
        await fargate.define([{ image: busybox, healthCheck, environment: [{ name: "N", value: String(n) }] }], {
          family: "superseded",
        }),
      );
    }
    await services.create("superseded", revisions[0]!);
    await services.completed("superseded");
    for (const [index, taskDefinition] of revisions.slice(1).entries()) {
      await services.update("superseded", { taskDefinition });
      const { deployments } = await services.describe("superseded");
      expect(deployments!.filter(({ status }) => status === "PRIMARY")).toMatchObject([{ taskDefinition }]);
      if (index < 2)
        await until(async () => {
          const { pendingCount, runningCount } = (await services.describe("superseded")).deployments![0]!;
          return (pendingCount ?? 0) + (runningCount ?? 0) === 2;
        });
    }
    const { deployments } = await services.completed("superseded", revisions[3]);
    expect(deployments).toMatchObject([{ status: "PRIMARY", runningCount: 2, pendingCount: 0 }]);
    const { serviceDeployments } = await fargate.clients.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: CLUSTER, service: "superseded" }),
    );
    expect(serviceDeployments!.map(({ status }) => status)).toEqual(["SUCCESSFUL", "STOPPED", "STOPPED", "SUCCESSFUL"]);
    await services.remove("superseded");
  });
});

test("a roll-out goes on where it was when the control plane is killed in the middle", async () => {
  const healthCheck = { ...PATIENT, command: ["CMD", "true"] };
  const first = await fargate.define([{ image: busybox, healthCheck }], { family: "crash" });
  await services.create("crash", first);
  await services.completed("crash");
  const second = await fargate.define([{ image: busybox, healthCheck }], { family: "crash" });
  await services.update("crash", { taskDefinition: second });
  await until(async () => (await services.describe("crash")).runningCount! > 2);
  await engine.kill();
  await engine.up();
  await services.completed("crash", second);
  expect(await services.taskIds("crash")).toHaveLength(2);
  await services.remove("crash");
});

test("a rolling update of 10 tasks under load never falls below the minimum, nor rises above the maximum", async () => {
  const version = (value: string): Partial<ContainerDefinition> => ({
    image: busybox,
    command: [
      "sh",
      "-c",
      `echo ${value} > /www/version; trap 'exit 0' TERM; httpd -h /www; while :; do sleep 0.1; done`,
    ],
    healthCheck: { ...PATIENT, command: ["CMD-SHELL", "wget -qO- http://127.0.0.1/"] },
  });
  const first = await fargate.define([version("1")], { family: "load" });
  await services.create("load", first, {
    desiredCount: 10,
    deploymentConfiguration: { minimumHealthyPercent: 80, maximumPercent: 120 },
  });
  await services.completed("load", first);
  const addresses = new Map<string, string>();
  const ended = new AbortController();
  const fewest = { answering: 10, healthy: 10 };
  let most = 0;
  const look = async () => {
    const ids = await services.taskIds("load");
    const tasks = await fargate.describe(ids.map((taskArn) => ({ taskArn })));
    most = Math.max(most, tasks.length);
    fewest.healthy = Math.min(
      fewest.healthy,
      tasks.filter(({ healthStatus, desiredStatus }) => healthStatus === "HEALTHY" && desiredStatus === "RUNNING")
        .length,
    );
    for (const task of tasks)
      if (!addresses.has(task.taskArn!) && task.lastStatus === "RUNNING")
        addresses.set(task.taskArn!, await fargate.publicIp(task));
    const answers = await Promise.all([...addresses.values()].map(answers200));
    fewest.answering = Math.min(fewest.answering, answers.filter(Boolean).length);
  };
  await look(); // all of the old ones, and at last all of the new ones
  const load = (async () => {
    while (!ended.signal.aborted) await look();
    await look();
  })();
  const second = await fargate.define([version("2")], { family: "load" });
  await services.update("load", { taskDefinition: second });
  await services.completed("load", second);
  ended.abort();
  await load;
  expect(fewest.healthy).toBeGreaterThanOrEqual(8);
  expect(fewest.answering).toBeGreaterThanOrEqual(8);
  expect(most).toBeLessThanOrEqual(12);
  expect(addresses.size).toBe(20);
  await services.remove("load");
});
