import { FilterLogEventsCommand, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import {
  AssociateSubnetCidrBlockCommand,
  AssociateVpcCidrBlockCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateServiceCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  CreatePrivateDnsNamespaceCommand,
  CreateServiceCommand as CreateRegistryCommand,
  DiscoverInstancesCommand,
  GetOperationCommand,
  ListInstancesCommand,
} from "@aws-sdk/client-servicediscovery";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate, LOG_GROUP } from "../support/fargate.ts";
import { PATIENCE } from "../support/patience.ts";

/* Services that are registered with Cloud Map, looked up from inside another task. */

/** A line for every change of what the name stands for: its addresses, or nothing. */
const WATCH = `
  last=x
  while true; do
    now=$(nslookup -type=a api.corp 2>/dev/null | sed -n '/^Name:/,$s/^Address: //p' | sort | tr '\\n' ' ')
    [ "$now" = "$last" ] || echo "now: $now"
    last=$now
    sleep 0.1
  done`;

/** Two seconds are promised; a busy machine gets more, but less than until a second attempt (5 s) or the end of a TTL. */
const FOUND_MS = 4500 * PATIENCE;

let engine: TestEngine;
let fargate: Fargate;
let watcher: Task;
let registryId: string;
let namespaceId: string | undefined;
let image: string;

beforeAll(async () => {
  engine = await TestEngine.start();
  fargate = await Fargate.prepare(engine);
  image = await fargate.pushBusybox();
  const { cloudMap, ecs, ec2 } = fargate.clients;
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
  const { OperationId } = await cloudMap.send(
    new CreatePrivateDnsNamespaceCommand({ Name: "corp", Vpc: Vpcs![0]!.VpcId! }),
  );
  await until(async () => {
    const { Operation } = await cloudMap.send(new GetOperationCommand({ OperationId }));
    namespaceId = Operation!.Status === "SUCCESS" ? Operation!.Targets!["NAMESPACE"] : undefined;
    return namespaceId !== undefined;
  });
  const { Service } = await cloudMap.send(
    new CreateRegistryCommand({
      Name: "api",
      NamespaceId: namespaceId,
      DnsConfig: { DnsRecords: [{ Type: "A", TTL: 0 }] },
      HealthCheckCustomConfig: { FailureThreshold: 1 },
    }),
  );
  registryId = Service!.Id!;
  const watch = await fargate.define([{ image, entryPoint: ["sh", "-c"], command: [WATCH] }]);
  [watcher] = (await fargate.start(watch)) as [Task];
  await until(async () => (await seen()).length === 1);
  const taskDefinition = await fargate.define([{ image, command: ["sleep", "100000"] }]);
  await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: "api",
      taskDefinition,
      desiredCount: 0,
      launchType: "FARGATE",
      networkConfiguration: fargate.network(),
      serviceRegistries: [{ registryArn: Service!.Arn! }],
    }),
  );
});
afterAll(() => engine.stop());

/** What the watching task has seen, in order. */
async function seen(): Promise<FilteredLogEvent[]> {
  const stream = `t/app/${watcher.taskArn!.split("/").at(-1)}`;
  const { events } = await fargate.clients.logs.send(
    new FilterLogEventsCommand({ logGroupName: LOG_GROUP, logStreamNames: [stream] }),
  );
  return events!;
}

const addresses = (event: FilteredLogEvent) =>
  event
    .message!.replace(/^now: */, "")
    .split(" ")
    .filter(Boolean);

/** Waits until the name last stood for exactly these, and answers when that began, milliseconds since 1970. */
async function seenLast(expected: readonly string[]): Promise<number> {
  let last: FilteredLogEvent | undefined;
  await until(async () => {
    last = (await seen()).at(-1);
    return last !== undefined && addresses(last).join() === expected.toSorted().join();
  }, 60_000);
  return last!.timestamp!;
}

async function scale(desiredCount: number): Promise<Task[]> {
  const { ecs } = fargate.clients;
  await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: "api", desiredCount }));
  let tasks: Task[] = [];
  await until(async () => {
    const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: "api" }));
    if (!taskArns!.length) {
      tasks = [];
      return desiredCount === 0;
    }
    tasks = (await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: taskArns }))).tasks!;
    return tasks.length === desiredCount && tasks.every((task) => task.lastStatus === "RUNNING");
  }, 60_000);
  return tasks;
}

async function instanceIds(): Promise<string[]> {
  const { Instances } = await fargate.clients.cloudMap.send(new ListInstancesCommand({ ServiceId: registryId }));
  return Instances!.map((instance) => instance.Id!).toSorted();
}

const ids = (tasks: readonly Task[]) => tasks.map((task) => task.taskArn!.split("/").at(-1)!).toSorted();
const ips = (tasks: readonly Task[]) => tasks.map((task) => fargate.privateIp(task));

test("a service is found by name within two seconds of RUNNING, and a stopped task is found no more", async () => {
  const [task] = await scale(1);
  const found = await seenLast(ips([task!]));
  expect(found - task!.startedAt!.getTime()).toBeLessThan(FOUND_MS);

  const two = await scale(2);
  await seenLast(ips(two));
  expect(await instanceIds()).toEqual(ids(two));

  await scale(0);
  const gone = await seenLast([]);
  const { tasks } = await fargate.clients.ecs.send(
    new DescribeTasksCommand({ cluster: CLUSTER, tasks: two.map((one) => one.taskArn!) }),
  );
  const stopping = Math.max(...tasks!.map((one) => one.stoppingAt!.getTime()));
  expect(gone - stopping).toBeLessThan(FOUND_MS);
});

test("names outlive the control plane; what ended meanwhile is gone after its restart", async () => {
  const tasks = await scale(2);
  await seenLast(ips(tasks));
  await engine.kill();
  // When a line was written that is read after a restart is only estimated: its file tells.
  const folder = join(engine.dataFolder, "tasks", ids([watcher])[0]!);
  const output = readdirSync(folder).find((name) => name.endsWith(".stdout"))!;
  const written = () => statSync(join(folder, output)).size;
  const before = written();
  killContainer(tasks[0]!);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(written()).toBe(before);
  await engine.up();
  await until(async () => !(await instanceIds()).includes(ids([tasks[0]!])[0]!));
  const after = await scale(2);
  await seenLast(ips(after));
  expect(await instanceIds()).toEqual(ids(after));
  expect(ids(after)).toContain(ids([tasks[1]!])[0]);
});

/** Ends a task's container behind the engine's back. */
function killContainer(task: Task): void {
  process.kill(processOf(ids([task])[0]!), "SIGKILL");
}

/** The first process of a task's container. Those of its health checks come and go beside it. */
function processOf(taskId: string): number {
  const isIt = (pid: string) => read(pid, "cgroup").includes(taskId) && read(pid, "comm") === "sleep\n";
  const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isIt(name));
  expect(found).toHaveLength(1);
  return Number(found[0]);
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has ended
  }
}

test("SRV records, IPv6, and the health of containers", async () => {
  const { cloudMap, ecs } = fargate.clients;
  const { Service } = await cloudMap.send(
    new CreateRegistryCommand({
      Name: "probed",
      NamespaceId: namespaceId,
      DnsConfig: { DnsRecords: [{ Type: "SRV", TTL: 0 }] },
      HealthCheckCustomConfig: {},
    }),
  );
  const subnet = await dualStackSubnet();
  const healthCheck = { command: ["CMD", "test", "-e", "/ok"], interval: 5, timeout: 60, retries: 1 };
  const entryPoint = ["sh", "-c", "touch /ok; exec sleep 100000"];
  await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: "probed",
      taskDefinition: await fargate.define([
        { image, entryPoint, healthCheck, portMappings: [{ containerPort: 8080 }] },
      ]),
      desiredCount: 2,
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration: { subnets: [subnet], assignPublicIp: "ENABLED" } },
      serviceRegistries: [{ registryArn: Service!.Arn!, containerName: "app", containerPort: 8080 }],
      healthCheckGracePeriodSeconds: 600, // what is unhealthy stays
    }),
  );
  const discover = async () => {
    const answer = await cloudMap.send(
      new DiscoverInstancesCommand({ NamespaceName: "corp", ServiceName: "probed", HealthStatus: "ALL" }),
    );
    const health = Object.fromEntries(answer.Instances!.map((each) => [each.InstanceId!, each.HealthStatus]));
    return { health, revision: answer.InstancesRevision, instances: answer.Instances! };
  };
  await until(async () => Object.values((await discover()).health).join() === "HEALTHY,HEALTHY", 60_000);
  const { instances, revision } = await discover();
  const [one, two] = instances.map((each) => each.InstanceId!) as [string, string];
  const ipv6 = instances[0]!.Attributes!["AWS_INSTANCE_IPV6"]!;
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: "probed" }));
  const tasks = await fargate.describe(taskArns!.map((taskArn) => ({ taskArn })));
  const details = tasks.find(({ taskArn }) => taskArn!.endsWith(one))!.attachments![0]!.details;
  expect(details).toContainEqual({ name: "ipv6Address", value: ipv6 });

  const host = (id: string) => `${id}.probed.corp`;
  // The resolvers hear of it after the registry.
  const servers = () => expect.poll(() => lookUp("srv", "probed.corp"), { timeout: 60_000 });
  const both = [one, two].map((id) => `1 1 8080 ${host(id)}`).toSorted();
  await servers().toEqual(both);
  expect(await lookUp("aaaa", host(one))).toEqual([ipv6]);

  removeInside(one, "/ok");
  await until(async () => (await discover()).health[one] === "UNHEALTHY", 60_000);
  await servers().toEqual([`1 1 8080 ${host(two)}`]);
  removeInside(two, "/ok");
  await until(async () => (await discover()).health[two] === "UNHEALTHY", 60_000);
  await servers().toEqual(both); // none is better than the others
  expect((await discover()).revision).toBe(revision);
  await engine.aws("ecs", "delete-service", "--cluster", CLUSTER, "--service", "probed", "--force");
});

/** A subnet of the default VPC whose interfaces get IPv6 addresses. */
async function dualStackSubnet(): Promise<string> {
  const { ec2 } = fargate.clients;
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({}));
  const { Ipv6CidrBlockAssociation } = await ec2.send(
    new AssociateVpcCidrBlockCommand({ VpcId: Vpcs![0]!.VpcId!, AmazonProvidedIpv6CidrBlock: true }),
  );
  const [SubnetId = ""] = fargate.subnetIds;
  const Ipv6CidrBlock = Ipv6CidrBlockAssociation!.Ipv6CidrBlock!.replace(/\/56$/, "/64");
  await ec2.send(new AssociateSubnetCidrBlockCommand({ SubnetId, Ipv6CidrBlock }));
  return SubnetId;
}

/** What a task of the VPC gets as the answer, sorted. */
async function lookUp(type: "srv" | "aaaa", name: string): Promise<string[]> {
  const { lines } = await fargate.script(
    image,
    `nslookup -type=${type} ${name} | sed -nE '1,2d; s/.*(service =|Address:) *//p'`,
  );
  return lines.toSorted();
}

/** Removes a file of a task's container behind its back. */
function removeInside(taskId: string, file: string): void {
  rmSync(`/proc/${processOf(taskId)}/root${file}`);
}

test.each(["task.announced", "task.stop-signalled"])("killed at %s, instances and tasks agree", async (failpoint) => {
  const leaving = failpoint === "task.stop-signalled";
  await scale(leaving ? 2 : 0);
  await engine.kill();
  await engine.up({ NEARGATE_FAILPOINTS: `${failpoint}=kill` }).catch(() => {}); // by what it finds to do it may die at once
  await fargate.clients.ecs
    .send(new UpdateServiceCommand({ cluster: CLUSTER, service: "api", desiredCount: leaving ? 0 : 2 }))
    .catch(() => {}); // it may die before it answers
  await until(() => !engine.alive, 30_000);
  await engine.up();
  const after = await scale(leaving ? 0 : 2);
  await seenLast(ips(after));
  expect(await instanceIds()).toEqual(ids(after));
});
