import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand, DescribeRepositoriesCommand } from "@aws-sdk/client-ecr";
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  type Task,
} from "@aws-sdk/client-ecs";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, expect, test } from "vitest";
import { TestEngine } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";
import { NOBODY } from "../support/nobody.ts";

/* What an engine that only pretends to run containers is for: trying the API with no rights, and throw-away tests. */

const SIMULATED = ["--compute", "simulated"];

let engines: TestEngine[] = [];
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  engines = [];
});

async function start(...flags: string[]): Promise<TestEngine> {
  const engine = await TestEngine.start([...SIMULATED, ...flags]);
  engines.push(engine);
  return engine;
}

/** Creates the service `web` of two tasks, waits until it is stable, and answers its tasks. */
async function createService(fargate: Fargate): Promise<Task[]> {
  const { ecs } = fargate.clients;
  const taskDefinition = await fargate.define([{ image: "public.example/web:1" }]);
  await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: "web",
      taskDefinition,
      desiredCount: 2,
      launchType: "FARGATE",
      networkConfiguration: fargate.network(),
    }),
  );
  await waitUntilServicesStable(waiter(fargate), { cluster: CLUSTER, services: ["web"] });
  return await tasksOf(fargate);
}

function waiter({ clients: { ecs } }: Fargate) {
  return { client: ecs, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
}

async function tasksOf({ clients: { ecs } }: Fargate): Promise<Task[]> {
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: "web" }));
  return (await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }))).tasks!;
}

test("without root: a service of two tasks", async () => {
  const engine = await TestEngine.startAsNobody(SIMULATED);
  engines.push(engine);
  if (process.getuid!() === 0)
    expect(readFileSync(`/proc/${engine.pid}/status`, "utf8")).toMatch(new RegExp(`^Uid:(\\t${NOBODY}){4}$`, "m"));
  // The kernel gives root what of a process must not be dumped: a crash leaves no file with secrets.
  expect(statSync(`/proc/${engine.pid}/environ`).uid).toBe(0);
  const fargate = await Fargate.prepare(engine);
  const tasks = await createService(fargate);
  expect(tasks.map((task) => task.lastStatus)).toEqual(["RUNNING", "RUNNING"]);
  expect(new Set(tasks.map((task) => fargate.privateIp(task))).size).toBe(2);
  expect(await fargate.publicIp(tasks[0]!)).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  await fargate.stop([tasks[0]!]);
  await expect
    .poll(async () => (await tasksOf(fargate)).map((task) => task.lastStatus), { timeout: 30_000 })
    .toEqual(["RUNNING", "RUNNING"]);
  expect((await tasksOf(fargate)).map((task) => task.taskArn)).not.toContain(tasks[0]!.taskArn);

  const { ecs } = fargate.clients;
  await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "web", desiredCount: 0 }));
  await ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "web" }));
  await waitUntilServicesInactive(waiter(fargate), { cluster: CLUSTER, services: ["web"] });
});

test("a script says what containers do: the first of an image fail, over a restart of the engine", async () => {
  const folder = mkdtempSync(join(tmpdir(), "neargate-script-"));
  const script = join(folder, "script.json");
  try {
    writeFileSync(script, JSON.stringify({ "public.example/*": "fails-first-3_exit-7-after-0.1s" }));
    const engine = await start("--simulated-script", script);
    const fargate = await Fargate.prepare(engine);
    const definition = await fargate.define([{ image: "public.example/flaky:1" }]);
    const exits = async (count: number) => {
      const tasks = await fargate.reach(await fargate.run(definition, { count }), "STOPPED");
      return tasks.map((task) => task.containers![0]!.exitCode);
    };
    expect(await exits(2)).toEqual([7, 7]);
    await engine.kill();
    await engine.up();
    expect(await exits(1)).toEqual([7]);
    await fargate.start(definition);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("--auth off: whoever asks is root, with any key or none", async () => {
  const engine = await start("--auth", "off");
  const { ecs, sts } = engine.clients({ accessKeyId: "test", secretAccessKey: "test" });
  expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe("arn:aws:iam::000000000000:root");
  const unsigned = await fetch(engine.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
    },
    body: "{}",
  });
  expect([unsigned.status, await unsigned.json()]).toEqual([200, { clusterArns: [] }]);

  // An access key id of twelve digits is an account. Docker sends no password there: the repository's name says whose it is.
  const { ecr } = engine.clients({ accessKeyId: "222222222222", secretAccessKey: "test" });
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "theirs" }));
  const upload = await fetch(`${engine.endpoint}/v2/theirs/blobs/uploads/`, { method: "POST" });
  expect(upload.status).toBe(202);

  // Roles need not be there, nor be allowed anything.
  const { endpoint, region, credentials } = engine;
  const ssm = new SSMClient({ endpoint, region, credentials });
  await ssm.send(new PutParameterCommand({ Name: "text", Type: "SecureString", Value: "v" }));
  const fargate = await Fargate.prepare(engine);
  const roles = {
    taskRoleArn: "arn:aws:iam::000000000000:role/a",
    executionRoleArn: "arn:aws:iam::000000000000:role/b",
  };
  const secrets = [{ name: "TEXT", valueFrom: "text" }];
  await fargate.start(await fargate.define([{ image: `${engine.registry}/any`, secrets }], roles));
});

test("--ephemeral: a reset empties all state and stops all tasks", async () => {
  const engine = await start("--ephemeral");
  const fargate = await Fargate.prepare(engine);
  const { ec2, ecr, ecs, logs } = fargate.clients;
  await createService(fargate);
  await ec2.send(new CreateSecurityGroupCommand({ GroupName: "mine", Description: "mine" }));
  await ecr.send(new CreateRepositoryCommand({ repositoryName: "mine" }));
  await fargate.pushBusybox("pushed");
  await logs.send(new CreateLogGroupCommand({ logGroupName: "/mine" }));

  const reset = await fetch(`${engine.endpoint}/_neargate/reset`, { method: "POST" });
  expect([reset.status, await reset.json()]).toEqual([200, { status: "ok" }]);

  expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  expect((await ecs.send(new ListTaskDefinitionsCommand({}))).taskDefinitionArns).toEqual([]);
  expect((await ecr.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([]);
  expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
  expect((await ec2.send(new DescribeNetworkInterfacesCommand({}))).NetworkInterfaces).toEqual([]);
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  expect(SecurityGroups!.map((group) => group.GroupName)).toEqual(["default"]);

  // It goes on as new.
  const again = await Fargate.prepare(engine);
  expect(await createService(again)).toHaveLength(2);
  expect(JSON.parse((await engine.neargate(["status", "--json"])).stdout)).toMatchObject({
    tasks: { running: 2, pending: 0, stopping: 0 },
  });
});

test("two engines side by side know nothing of each other", async () => {
  const [one, two] = await Promise.all([start(), start("--account", "111122223333", "--region", "eu-west-1")]);
  const [first, second] = await Promise.all([Fargate.prepare(one), Fargate.prepare(two)]);
  const [tasks] = await Promise.all([createService(first), createService(second)]);
  const { services } = await second.clients.ecs.send(
    new DescribeServicesCommand({ cluster: CLUSTER, services: ["web"] }),
  );
  expect(services![0]!.serviceArn).toBe("arn:aws:ecs:eu-west-1:111122223333:service/test/web");
  // The root access key of one is a stranger's to the other.
  const stranger = two.clients(one.credentials);
  await expect(stranger.ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
    name: "UnrecognizedClientException",
  });
  await two.stop();
  expect((await tasksOf(first)).map((task) => task.taskArn).sort()).toEqual(tasks.map((task) => task.taskArn).sort());
});
