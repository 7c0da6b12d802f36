import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListTasksCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  type CreateServiceRequest,
  type Service,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { allowTcp, CLUSTER, Fargate } from "../support/fargate.ts";

let engine: TestEngine;
let fargate: Fargate;
let busybox: string;
let group: string;
beforeAll(async () => {
  engine = await TestEngine.start();
  fargate = await Fargate.prepare(engine);
  busybox = await fargate.pushBusybox();
  group = await fargate.securityGroup("web", [allowTcp(80)]);
});
afterAll(() => engine.stop());

const waiter = () => ({ client: fargate.clients.ecs, maxWaitTime: 120, minDelay: 1, maxDelay: 1 });

async function create(
  serviceName: string,
  taskDefinition: string,
  more: Partial<CreateServiceRequest> = {},
): Promise<Service> {
  const { service } = await fargate.clients.ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName,
      taskDefinition,
      desiredCount: 2,
      launchType: "FARGATE",
      networkConfiguration: fargate.network([group]),
      ...more,
    }),
  );
  return service!;
}

async function describe(service: string): Promise<Service> {
  const { services } = await fargate.clients.ecs.send(
    new DescribeServicesCommand({ cluster: CLUSTER, services: [service] }),
  );
  return services![0]!;
}

async function taskIds(serviceName: string): Promise<string[]> {
  const { taskArns } = await fargate.clients.ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName }));
  return taskArns!.map((arn) => arn.split("/").at(-1)!);
}

async function remove(service: string): Promise<void> {
  await fargate.clients.ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service, force: true }));
  await waitUntilServicesInactive(waiter(), { cluster: CLUSTER, services: [service] });
}

/** The texts of a service's events without ids, oldest first. */
const messages = (service: Service) =>
  service
    .events!.map((event) =>
      event.message!.replaceAll(/[0-9a-f]{32}/g, "ID").replaceAll(/ecs-svc\/\d{19}/g, "DEPLOYMENT"),
    )
    .toReversed();

test("a service is created, scaled, rolled over to a new revision and deleted, in AWS's words", async () => {
  const healthCheck = { command: ["CMD-SHELL", "wget -qO- http://127.0.0.1/"], interval: 5, timeout: 2, retries: 2 };
  const first = await fargate.define([{ image: busybox, command: ["httpd", "-f", "-h", "/www"], healthCheck }], {
    family: "web",
  });
  const created = await create("web", first);
  expect(created).toMatchObject({
    status: "ACTIVE",
    desiredCount: 2,
    runningCount: 0,
    deployments: [{ status: "PRIMARY", rolloutState: "IN_PROGRESS" }],
  });
  await waitUntilServicesStable(waiter(), { cluster: CLUSTER, services: ["web"] });
  await until(async () => (await describe("web")).deployments![0]!.rolloutState === "COMPLETED");
  expect(messages(await describe("web"))).toEqual([
    "(service web) has started 2 tasks: (task ID) (task ID).",
    "(service web) (deployment DEPLOYMENT) deployment completed.",
    "(service web) has reached a steady state.",
  ]);

  await fargate.clients.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "web", desiredCount: 3 }));
  await waitUntilServicesStable(waiter(), { cluster: CLUSTER, services: ["web"] });
  const old = await taskIds("web");
  expect(old).toHaveLength(3);
  const zones = (await fargate.describe(old.map((id) => ({ taskArn: id })))).map((task) => task.availabilityZone);
  expect(new Set(zones).size).toBe(3);

  const second = await fargate.define(
    [{ image: busybox, command: ["httpd", "-f", "-h", "/www"], healthCheck, environment: [{ name: "V", value: "2" }] }],
    { family: "web" },
  );
  await fargate.clients.ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "web", taskDefinition: "web" }));
  let fewest = 3;
  await until(
    async () => {
      const service = await describe("web");
      fewest = Math.min(fewest, service.runningCount!);
      return service.deployments!.length === 1 && service.deployments![0]!.rolloutState === "COMPLETED";
    },
    100_000,
    "the roll-out",
  );
  expect(fewest).toBe(3);
  const rolled = await describe("web");
  expect(rolled.taskDefinition).toBe(second);
  expect((await taskIds("web")).filter((id) => old.includes(id))).toEqual([]);
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
  await remove("web");
  expect(await taskIds("web")).toEqual([]);
});

test("a task that is stopped is replaced", async () => {
  await create("heal", await fargate.define([{ image: busybox }]), { desiredCount: 1 });
  await waitUntilServicesStable(waiter(), { cluster: CLUSTER, services: ["heal"] });
  const [victim] = await taskIds("heal");
  await fargate.clients.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task: victim! }));
  await until(async () => {
    const ids = await taskIds("heal");
    return ids.length === 1 && ids[0] !== victim && (await describe("heal")).runningCount === 1;
  }, 90_000);
  await remove("heal");
});

test("the circuit breaker stops a deployment that cannot start and rolls back", async () => {
  const healthCheck = { command: ["CMD", "true"], interval: 5, timeout: 2 };
  const good = await fargate.define([{ image: busybox, healthCheck }], { family: "breaker" });
  await create("breaker", good, {
    desiredCount: 1,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  await until(async () => (await describe("breaker")).deployments![0]!.rolloutState === "COMPLETED");
  const bad = await fargate.define([{ image: `${engine.registry}/busybox:none` }], { family: "breaker" });
  await fargate.clients.ecs.send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: "breaker", taskDefinition: bad }),
  );
  await until(
    async () => {
      const service = await describe("breaker");
      const [primary] = service.deployments!;
      return (
        service.deployments!.length === 1 && primary!.taskDefinition === good && primary!.rolloutState === "COMPLETED"
      );
    },
    110_000,
    "the rollback",
  );
  const said = messages(await describe("breaker"));
  expect(said).toContain("(service breaker) (deployment DEPLOYMENT) deployment failed: tasks failed to start.");
  expect(said).toContain("(service breaker) rolling back to deployment DEPLOYMENT.");
  expect(
    said.some((text) =>
      text.startsWith("(service breaker) was unable to place a task. Reason: CannotPullContainerError"),
    ),
  ).toBe(true);
  await remove("breaker");
});

test("a roll-out goes on where it was when the control plane is killed in the middle", async () => {
  const healthCheck = { command: ["CMD", "true"], interval: 5, timeout: 2 };
  const first = await fargate.define([{ image: busybox, healthCheck }], { family: "crash" });
  await create("crash", first);
  await until(async () => (await describe("crash")).deployments![0]!.rolloutState === "COMPLETED");
  const second = await fargate.define([{ image: busybox, healthCheck }], { family: "crash" });
  await fargate.clients.ecs.send(
    new UpdateServiceCommand({ cluster: CLUSTER, service: "crash", taskDefinition: second }),
  );
  await until(async () => (await describe("crash")).runningCount! > 2);
  await engine.kill();
  await engine.up();
  await until(async () => {
    const { deployments } = await describe("crash");
    return (
      deployments!.length === 1 &&
      deployments![0]!.rolloutState === "COMPLETED" &&
      deployments![0]!.taskDefinition === second
    );
  }, 60_000);
  expect(await taskIds("crash")).toHaveLength(2);
  await remove("crash");
});
