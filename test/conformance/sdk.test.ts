import { rmSync } from "node:fs";
import {
  CreateLogGroupCommand,
  paginateDescribeLogStreams,
  paginateFilterLogEvents,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  EC2ServiceException,
  paginateDescribeSubnets,
} from "@aws-sdk/client-ec2";
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  GetAuthorizationTokenCommand,
  paginateListImages,
  RepositoryNotEmptyException,
  RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";
import {
  ClientException,
  ClusterContainsServicesException,
  ClusterNotFoundException,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  InvalidParameterException,
  paginateListTaskDefinitions,
  paginateListTasks,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  ServiceNotFoundException,
  StopTaskCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksRunning,
  waitUntilTasksStopped,
  type NetworkConfiguration,
  type Task,
} from "@aws-sdk/client-ecs";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { allowTcp } from "../support/fargate.ts";
import { busyboxRoot, pushRoot } from "../support/images.ts";
import { iamClient, makeExecutionRole } from "../support/roles.ts";

/* The AWS SDK for JavaScript: its commands, waiters, paginators and error classes. */

let engine: TestEngine;
let aws: ReturnType<TestEngine["clients"]>;
let networkConfiguration: NetworkConfiguration;
let groupId: string;
beforeAll(async () => {
  engine = await TestEngine.start();
  aws = engine.clients();
  await pushImage();
  await aws.logs.send(new CreateLogGroupCommand({ logGroupName: "/sdk" }));
  await aws.ecs.send(new CreateClusterCommand({ clusterName: "sdk" }));
  await prepareNetwork();
  await makeExecutionRole(iamClient(engine));
  await registerRevisions();
});
afterAll(() => engine?.stop());

/** Makes the repository `web` and pushes a web server to it, logged in with a token of ECR. */
async function pushImage(): Promise<void> {
  const { repository } = await aws.ecr.send(new CreateRepositoryCommand({ repositoryName: "web" }));
  const { authorizationData } = await aws.ecr.send(new GetAuthorizationTokenCommand({}));
  const [user, password] = Buffer.from(authorizationData![0]!.authorizationToken!, "base64").toString().split(":");
  expect(user).toBe("AWS");
  const root = busyboxRoot({ "www/index.html": "hello\n" });
  try {
    const config = { Cmd: ["httpd", "-f", "-v", "-p", "8080", "-h", "/www"] };
    await pushRoot(root, config, `${repository!.repositoryUri}:v1`, password!);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The default VPC's subnets, and a security group that allows port 8080. */
async function prepareNetwork(): Promise<void> {
  const subnets = await all(paginateDescribeSubnets({ client: aws.ec2 }, {}), (page) => page.Subnets);
  const made = await aws.ec2.send(new CreateSecurityGroupCommand({ GroupName: "web", Description: "port 8080" }));
  groupId = made.GroupId!;
  const rule = { GroupId: groupId, IpPermissions: [allowTcp(8080)] };
  const { SecurityGroupRules } = await aws.ec2.send(new AuthorizeSecurityGroupIngressCommand(rule));
  expect(SecurityGroupRules).toMatchObject([{ IsEgress: false, FromPort: 8080, CidrIpv4: "0.0.0.0/0" }]);
  const awsvpcConfiguration = {
    subnets: subnets.map((subnet) => subnet.SubnetId!),
    securityGroups: [groupId],
    assignPublicIp: "ENABLED" as const,
  };
  networkConfiguration = { awsvpcConfiguration };
}

/** Three revisions of the family `web`. */
async function registerRevisions(): Promise<void> {
  for (const version of ["1", "2", "3"])
    await aws.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "web",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
        executionRoleArn: "arn:aws:iam::000000000000:role/ecsTaskExecutionRole",
        containerDefinitions: [
          {
            name: "app",
            image: `${engine.registry}/web:v1`,
            environment: [{ name: "VERSION", value: version }],
            portMappings: [{ containerPort: 8080 }],
            stopTimeout: 2,
            logConfiguration: {
              logDriver: "awslogs",
              options: { "awslogs-group": "/sdk", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web" },
            },
          },
        ],
      }),
    );
}

/** What all pages of a paginator list. */
async function all<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => Item[] | undefined): Promise<Item[]> {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
}

const waiter = (maxWaitTime = 120) => ({ client: aws.ecs, maxWaitTime, minDelay: 1, maxDelay: 1 });

/** What the server of a task says once it listens, which is after the task runs. */
async function answerOf({ attachments }: Task): Promise<string> {
  const id = attachments![0]!.details!.find((detail) => detail.name === "networkInterfaceId")!.value!;
  const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] });
  const { NetworkInterfaces } = await aws.ec2.send(command);
  const url = `http://${NetworkInterfaces![0]!.Association!.PublicIp}:8080/`;
  let answer: string | undefined;
  const ask = async () => (await fetch(url, { signal: AbortSignal.timeout(5000) })).text();
  await until(async () => (answer = await ask().catch(() => undefined)) !== undefined, 30_000, `an answer of ${url}`);
  return answer!;
}

test("who am I", async () => {
  expect(await aws.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: "000000000000",
    Arn: "arn:aws:iam::000000000000:root",
  });
});

test("tasks run, answer, are listed page by page, log, and are stopped", async () => {
  const { tasks, failures } = await aws.ecs.send(
    new RunTaskCommand({
      cluster: "sdk",
      taskDefinition: "web:1",
      count: 3,
      launchType: "FARGATE",
      startedBy: "sdk",
      networkConfiguration,
      tags: [{ key: "purpose", value: "conformance" }],
    }),
  );
  expect(failures).toEqual([]);
  const arns = tasks!.map((task) => task.taskArn!);
  for (const task of tasks!)
    expect(task).toMatchObject({
      lastStatus: "PROVISIONING",
      desiredStatus: "RUNNING",
      launchType: "FARGATE",
      group: "family:web",
      createdAt: expect.any(Date),
    });
  const ready = await waitUntilTasksRunning(waiter(), { cluster: "sdk", tasks: arns });
  const running = (ready.reason as { tasks: Task[] }).tasks;
  expect(running.map((task) => task.lastStatus)).toEqual(["RUNNING", "RUNNING", "RUNNING"]);
  expect(await Promise.all(running.map(answerOf))).toEqual(["hello\n", "hello\n", "hello\n"]);

  const pages = paginateListTasks({ client: aws.ecs, pageSize: 1 }, { cluster: "sdk", startedBy: "sdk" });
  const sizes: number[] = [];
  const listed = await all(pages, ({ taskArns }) => {
    sizes.push(taskArns!.length);
    return taskArns;
  });
  expect(sizes).toEqual([1, 1, 1]);
  expect(listed.sort()).toEqual(arns.toSorted());

  const described = paginateDescribeLogStreams({ client: aws.logs, pageSize: 2 }, { logGroupName: "/sdk" });
  const streams = await all(described, (page) => page.logStreams);
  const names = arns.map((arn) => `web/app/${arn.split("/").at(-1)}`);
  expect(streams.map((stream) => stream.logStreamName!)).toEqual(names.toSorted());
  const written = async () => {
    const filtered = paginateFilterLogEvents({ client: aws.logs, pageSize: 2 }, { logGroupName: "/sdk" });
    const events = await all(filtered, (page) => page.events);
    return new Set(events.map((event) => event.logStreamName!));
  };
  await expect.poll(written, { timeout: 30_000 }).toEqual(new Set(names));

  for (const task of arns) await aws.ecs.send(new StopTaskCommand({ cluster: "sdk", task, reason: "seen enough" }));
  const ended = await waitUntilTasksStopped(waiter(), { cluster: "sdk", tasks: arns });
  for (const task of (ended.reason as { tasks: Task[] }).tasks)
    expect(task).toMatchObject({ lastStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: "seen enough" });
});

test("a service is created, becomes stable, is updated and deleted", async () => {
  const service = { cluster: "sdk", services: ["web"] };
  await aws.ecs.send(
    new CreateServiceCommand({
      cluster: "sdk",
      serviceName: "web",
      taskDefinition: "web",
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration,
    }),
  );
  await waitUntilServicesStable(waiter(), service);
  await aws.ecs.send(new UpdateServiceCommand({ cluster: "sdk", service: "web", desiredCount: 2 }));
  await waitUntilServicesStable(waiter(), service);
  const { services } = await aws.ecs.send(new DescribeServicesCommand(service));
  expect(services![0]).toMatchObject({ runningCount: 2, taskDefinition: expect.stringMatching(/\/web:3$/) });
  await expect(aws.ecs.send(new DeleteClusterCommand({ cluster: "sdk" }))).rejects.toBeInstanceOf(
    ClusterContainsServicesException,
  );
  await expect(aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId }))).rejects.toMatchObject({
    name: "DependencyViolation",
  });
  await aws.ecs.send(new DeleteServiceCommand({ cluster: "sdk", service: "web", force: true }));
  await waitUntilServicesInactive(waiter(), service);
});

test("paginators go through everything", async () => {
  const definitions = paginateListTaskDefinitions(
    { client: aws.ecs, pageSize: 2 },
    { familyPrefix: "web", sort: "DESC" },
  );
  const arns = await all(definitions, (page) => page.taskDefinitionArns);
  expect(arns.map((arn) => arn.split("/").at(-1))).toEqual(["web:3", "web:2", "web:1"]);
  const images = paginateListImages({ client: aws.ecr, pageSize: 1 }, { repositoryName: "web" });
  expect((await all(images, (page) => page.imageIds)).map((image) => image.imageTag)).toEqual(["v1"]);
});

test("a waiter fails at once on what cannot come true", async () => {
  const services = { cluster: "sdk", services: ["none"] };
  await expect(waitUntilServicesStable(waiter(), services)).rejects.toThrow(/"state":"FAILURE"/);
});

test("errors are of the SDK's classes", async () => {
  const { ec2, ecr, ecs, logs } = aws;
  const task = "0123456789abcdef0123456789abcdef";
  for (const [send, error] of [
    [() => ecs.send(new DescribeServicesCommand({ cluster: "none", services: ["web"] })), ClusterNotFoundException],
    [() => ecs.send(new UpdateServiceCommand({ cluster: "sdk", service: "none" })), ServiceNotFoundException],
    [() => ecs.send(new StopTaskCommand({ cluster: "sdk", task })), InvalidParameterException],
    [() => ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "none" })), ClientException],
    [() => ecr.send(new DeleteRepositoryCommand({ repositoryName: "none" })), RepositoryNotFoundException],
    [() => ecr.send(new DeleteRepositoryCommand({ repositoryName: "web" })), RepositoryNotEmptyException],
    [() => logs.send(new CreateLogGroupCommand({ logGroupName: "/sdk" })), ResourceAlreadyExistsException],
    // EC2's model has no error of its own.
    [() => ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ["eni-0"] })), EC2ServiceException],
  ] as const)
    await expect(send()).rejects.toBeInstanceOf(error);
});
