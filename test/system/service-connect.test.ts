import {
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  type ServiceDeployment,
} from "@aws-sdk/client-ecs";
import { DiscoverInstancesCommand } from "@aws-sdk/client-servicediscovery";
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { allowTcp, CLUSTER, Fargate, LOG_GROUP } from "../support/fargate.ts";
import { nodeRoot } from "../support/images.ts";
import { traces } from "../support/leaks.ts";
import { PATIENCE } from "../support/patience.ts";

const exec = promisify(execFile);
const SERVICE = "web";
let engine: TestEngine;
let fargate: Fargate;
let image: string;
let groups: string[];

beforeAll(async () => {
  engine = await TestEngine.start();
  fargate = await Fargate.prepare(engine);
  const app = (name: string) => readFileSync(join(import.meta.dirname, "service-connect-app", name), "utf8");
  const root = await nodeRoot({ "server.mjs": app("server.mjs"), "client.mjs": app("client.mjs") });
  image = await fargate.push("app", root, { Cmd: ["node", "/server.mjs"] });
  rmSync(root, { recursive: true });
  groups = [await fargate.securityGroup("connect", [allowTcp(8080), allowTcp(9090)])];

  const taskDefinition = await defineServer();
  await fargate.clients.ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: SERVICE,
      taskDefinition,
      desiredCount: 2,
      launchType: "FARGATE",
      networkConfiguration: fargate.network(groups),
      serviceConnectConfiguration: {
        enabled: true,
        namespace: await namespace(),
        services: [
          { portName: "http", discoveryName: "web", clientAliases: [{ port: 80, dnsName: "web" }] },
          { portName: "grpc", clientAliases: [{ port: 9090 }] },
        ],
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": LOG_GROUP, "awslogs-region": engine.region, "awslogs-stream-prefix": "t" },
        },
        accessLogConfiguration: { format: "JSON" },
      },
    }),
  );
  await until(async () => (await endpoints("web")).length === 2, 90_000, "two instances of web");
}, 300_000 * PATIENCE);
afterAll(async () => {
  const instance = engine.dataFolder;
  const { instance: mark } = JSON.parse(await statusJson()) as { instance: string };
  await engine.stop();
  expect(await traces(mark, instance)).toEqual([]);
});

/** With a health check, a new task counts sooner than the 40 seconds that others need. */
function defineServer(): Promise<string> {
  return fargate.define([
    {
      image,
      portMappings: [
        { name: "http", containerPort: 8080, appProtocol: "http" },
        { name: "grpc", containerPort: 9090, appProtocol: "grpc" },
      ],
      healthCheck: { command: ["CMD", "node", "-e", "0"], interval: 5, timeout: 60 },
    },
  ]);
}

async function statusJson(): Promise<string> {
  return (await engine.neargate(["status", "--json"])).stdout;
}

async function namespace(): Promise<string> {
  await engine.aws("servicediscovery", "create-http-namespace", "--name", "test.local");
  await until(async () => (await engine.aws("servicediscovery", "list-namespaces")).includes("test.local"));
  return "test.local";
}

async function endpoints(name: string): Promise<string[]> {
  const { Instances } = await fargate.clients.cloudMap
    .send(new DiscoverInstancesCommand({ NamespaceName: "test.local", ServiceName: name }))
    .catch(() => ({ Instances: [] }));
  return (Instances ?? []).map((instance) => instance.InstanceId!);
}

async function serverTasks(): Promise<string[]> {
  const { taskArns } = await fargate.clients.ecs.send(
    new ListTasksCommand({ cluster: CLUSTER, serviceName: SERVICE, desiredStatus: "RUNNING" }),
  );
  return taskArns!;
}

interface Result {
  http: Record<string, number>;
  grpc: Record<string, number>;
  /** When, and how. */
  httpFailures: string[];
  grpcFailures: string[];
}

interface Client {
  taskId: string;
  /** Waits until it has made so many more calls of each kind, and of each with answers of as many servers. */
  calls(http: number, grpc: number, servers?: number): Promise<void>;
}

/** Runs the client as a service of its own while something is done; answers what the client saw. */
async function callWhile(name: string, meanwhile: (client: Client) => Promise<void>): Promise<Result> {
  const taskDefinition = await fargate.define([{ image, command: ["node", "/client.mjs"], stopTimeout: 20 }]);
  await fargate.clients.ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: name,
      taskDefinition,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: fargate.network(groups),
      serviceConnectConfiguration: { enabled: true, namespace: "test.local" },
    }),
  );
  let task = "";
  const lines = async () => {
    const { taskArns } = await fargate.clients.ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: name }));
    task ||= taskArns![0] ?? "";
    return task ? await fargate.lines({ taskArn: task }).catch(() => []) : [];
  };
  await until(async () => (await lines()).includes("calling"), 60_000, "calls of the client");
  const soFar = async () => {
    const text = (await lines()).findLast((line) => line.startsWith("SO FAR "))?.slice("SO FAR ".length);
    return text === undefined ? { http: {}, grpc: {} } : (JSON.parse(text) as Result);
  };
  const calls = async (http: number, grpc: number, servers = 1) => {
    const before = await soFar();
    const isEnough = (now: Result["http"], then: Result["http"], more: number) =>
      total(now) - total(then) >= more && Object.keys(now).length >= servers;
    await until(
      async () => {
        const now = await soFar();
        return isEnough(now.http, before.http, http) && isEnough(now.grpc, before.grpc, grpc);
      },
      60_000,
      `${http} and ${grpc} more calls`,
    );
  };
  await meanwhile({ taskId: task.split("/").at(-1)!, calls });
  await fargate.clients.ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: name, force: true }));
  await until(async () => (await lines()).some((line) => line.startsWith("RESULT")), 60_000, "the client's result");
  return JSON.parse((await lines()).find((line) => line.startsWith("RESULT"))!.slice("RESULT ".length)) as Result;
}

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, one) => sum + one, 0);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The processes of a program that tasks have, by their cgroups; other engines on the host may have some, too. */
async function cgroupsOf(...pattern: string[]): Promise<Map<number, string>> {
  const { stdout } = await exec("pgrep", pattern);
  const found = new Map<number, string>();
  for (const pid of stdout.trim().split("\n"))
    try {
      found.set(Number(pid), readFileSync(`/proc/${pid}/cgroup`, "utf8"));
    } catch {
      // it has ended
    }
  return found;
}

/** The process on the host of a task's container. */
async function pidOf(taskId: string, program: string): Promise<number> {
  const [pid] = [...(await cgroupsOf("-f", program))].find(([, cgroup]) => cgroup.includes(taskId))!;
  return pid;
}

test("HTTP and gRPC go to both tasks by alias, and one that is killed under load fails no HTTP request", async () => {
  let leftAfterMs = 0;
  let stoppedAfterMs = 0;
  const result = await callWhile("killer", async ({ calls }) => {
    await calls(100, 50, 2);
    const [victim = ""] = await serverTasks();
    const id = victim.split("/").at(-1)!;
    process.kill(await pidOf(id, "^node /server.mjs"), "SIGKILL");
    const killedAt = performance.now();
    await until(async () => !(await endpoints("web")).includes(id), 30_000, "the end of the killed one");
    leftAfterMs = performance.now() - killedAt;
    await fargate.reach([{ taskArn: victim }], "STOPPED");
    stoppedAfterMs = performance.now() - killedAt;
    await calls(100, 50);
  });
  // The task's own proxy waits for its container for two seconds, then it answers: the task is gone before, unless all is slow.
  const isLate = stoppedAfterMs > 2000;
  expect(result.httpFailures.filter((failure) => !isLate || !failure.endsWith(": 503"))).toEqual([]);
  // A gRPC call is a POST: one that has reached a task may have had its effect and is not repeated. That is the one the
  // kill met, and the next, which waits in the task's own proxy until the task is gone; every two seconds another.
  expect(result.grpcFailures.length).toBeLessThanOrEqual(2 + Math.floor(leftAfterMs / 2000));
});

test("the proxy's access log is in the service's log group, and its process is one of the task", async () => {
  // The one in place of the killed one may still be on its way.
  const tasks = await fargate.reach(
    (await serverTasks()).map((taskArn) => ({ taskArn })),
    "RUNNING",
  );
  const cgroups = [...(await cgroupsOf("-x", "haproxy")).values()];
  for (const task of tasks) {
    const id = task.taskArn!.split("/").at(-1)!;
    const ofProxy = cgroups.find((each) => each.includes(`/${id}/helpers`));
    for (const controller of ["cpu", "memory", "pids"])
      expect(ofProxy).toMatch(new RegExp(`(:|,|:.*)${controller}[,:].*/${id}/helpers$|^0::.*/${id}/helpers$`, "m"));
  }
  const requests = async () =>
    (
      await Promise.all(
        tasks.map((task) => {
          const proxy = task.containers!.find(({ name }) => name!.startsWith("ecs-service-connect-"))!;
          return fargate.lines(task, proxy.name);
        }),
      )
    )
      .flat()
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const get = { method: "GET", path: "/", response_code: 200, protocol: "HTTP/1.1" };
  await expect.poll(requests, { timeout: 30_000 * PATIENCE }).toContainEqual(expect.objectContaining(get));
});

test("a new deployment of the server fails no request, and the control plane may be away meanwhile", async () => {
  const before = await serverTasks();
  const result = await callWhile("roller", async ({ calls }) => {
    await fargate.clients.ecs.send(
      new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, forceNewDeployment: true }),
    );
    await sleep(2000);
    await engine.kill();
    await sleep(1000);
    await engine.up();
    await until(async () => !(await serverTasks()).some((task) => before.includes(task)), 90_000, "new tasks");
    await calls(100, 50);
  });
  expect(result.httpFailures).toEqual([]);
  expect(result.grpcFailures).toEqual([]);
});

async function describeDeployment(arn: string): Promise<ServiceDeployment> {
  const command = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] });
  return (await fargate.clients.ecs.send(command)).serviceDeployments![0]!;
}

test("blue/green: requests go to blue until they are shifted, those with the test header to green, and none fails", async () => {
  const { ecs } = fargate.clients;
  const described = async () =>
    (await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }))).services![0]!;
  await until(async () => (await described()).deployments!.length === 1, 60_000, "the end of the roll-out before");
  const taskDefinition = await defineServer();
  const { service } = await fargate.clients.ecs.send(
    new UpdateServiceCommand({
      cluster: CLUSTER,
      service: SERVICE,
      taskDefinition,
      deploymentConfiguration: {
        strategy: "BLUE_GREEN",
        bakeTimeInMinutes: 0,
        lifecycleHooks: [{ targetType: "PAUSE", lifecycleStages: ["POST_TEST_TRAFFIC_SHIFT"] }],
      },
    }),
  );
  expect(service!.deployments).toHaveLength(2);
  const serviceDeploymentArn = service!.currentServiceDeployment!;
  const deployment = () => describeDeployment(serviceDeploymentArn);
  const hook = async () => (await deployment()).lifecycleHookDetails![0];
  await until(async () => (await hook())?.status === "AWAITING_ACTION", 90_000, "a pause");
  const result = await callWhile("shifter", async ({ taskId }) => {
    const pid = String(await pidOf(taskId, "^node /client.mjs"));
    // The alias `web` of the client's hosts file.
    const ask = async (...args: string[]) => {
      const urls = Array.from({ length: 20 }, () => "http://127.255.0.2/");
      const curl = ["-t", pid, "-n", "curl", "-sf", "-w", "\n", ...args, ...urls];
      const { stdout: answers } = await exec("nsenter", curl);
      return new Set(answers.trim().split("\n"));
    };
    const [blue, green] = [await ask(), await ask("-H", "x-amzn-ecs-blue-green-test: 1")];
    expect([blue.size, green.size, blue.isDisjointFrom(green)]).toEqual([2, 2, true]);
    await fargate.clients.ecs.send(
      new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId: (await hook())!.hookId }),
    );
    await until(async () => (await deployment()).lifecycleStage === "CLEAN_UP", 60_000, "the shift");
    expect(await ask()).toEqual(green);
    await until(async () => (await deployment()).status === "SUCCESSFUL", 60_000, "the end of blue");
    expect(await ask()).toEqual(green);
  });
  expect(result.httpFailures).toEqual([]);
  expect(result.grpcFailures).toEqual([]);
});
