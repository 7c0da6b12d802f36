import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type Attachment,
  type DescribeServicesResponse,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../support/command.ts";
import { TestDocker } from "../support/docker.ts";
import { TestEngine, until } from "../support/engine.ts";
import { pythonRoot, tarRoot } from "../support/images.ts";
import { taskTraces, traces } from "../support/leaks.ts";
import { trustPolicy } from "../support/roles.ts";

/*
 * What a person does with the AWS CLI and Docker, from an empty account to a service that answers, is scaled and rolled
 * over, and back to nothing.
 */

/** Named by the Dockerfile. */
const BASE_IMAGE = "python-base";
const ROLE = "arn:aws:iam::000000000000:role/ecsTaskExecutionRole";

let folder: string;
let engine: TestEngine;
let aws: ReturnType<TestEngine["clients"]>;
let docker: TestDocker;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-walk-"));
  engine = await TestEngine.start();
  aws = engine.clients();
  docker = await TestDocker.start();
  const root = await pythonRoot();
  try {
    const archive = join(folder, "base.tar");
    await tarRoot(root, archive);
    await docker.run(["import", "--change", "ENV PATH=/bin", archive, BASE_IMAGE]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
afterAll(async () => {
  await Promise.all([engine?.stop(), docker?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the AWS CLI as it is typed; what has spaces of its own comes behind. */
const cli = (line: string, ...more: string[]) => engine.aws(...line.split(" "), ...more);

/** The text that `--query` picks. */
async function text(query: string, line: string, ...more: string[]): Promise<string> {
  return (await cli(`${line} --output text --query`, query, ...more)).trim();
}

/** Makes the execution role as AWS's guide does. */
async function makeRole(): Promise<void> {
  const name = "--role-name ecsTaskExecutionRole";
  const document = ["--assume-role-policy-document", trustPolicy("ecs-tasks.amazonaws.com")];
  expect(await text("Role.Arn", `iam create-role ${name}`, ...document)).toBe(ROLE);
  const policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
  await cli(`iam attach-role-policy ${name} --policy-arn ${policy}`);
}

/** Registers the next revision of the family `web`. */
async function register(image: string, version: string): Promise<string> {
  const container = {
    name: "app",
    image,
    environment: [{ name: "VERSION", value: version }],
    portMappings: [{ containerPort: 8080 }],
    healthCheck: { command: ["CMD-SHELL", "wget -qO- http://127.0.0.1:8080/ || exit 1"], interval: 5, timeout: 2 },
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-group": "/walk", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web" },
    },
  };
  return await text(
    "taskDefinition.taskDefinitionArn",
    `ecs register-task-definition --family web --network-mode awsvpc --requires-compatibilities FARGATE --cpu 256 --memory 512 --execution-role-arn ${ROLE}`,
    "--container-definitions",
    JSON.stringify([container]),
  );
}

async function describeService(): Promise<Service> {
  const described = JSON.parse(
    await cli("ecs describe-services --cluster walk --services web"),
  ) as DescribeServicesResponse;
  return described.services![0]!;
}

/** Waits with the CLI's waiter, once it is so: it would look every fifteen seconds. */
async function waitFor(waiter: "services-stable" | "services-inactive"): Promise<void> {
  const isSo = ({ status, deployments, runningCount, desiredCount }: Service) =>
    waiter === "services-inactive" ? status === "INACTIVE" : deployments!.length === 1 && runningCount === desiredCount;
  await until(async () => isSo(await lookAtService()), 180_000, waiter);
  await cli(`ecs wait ${waiter} --cluster walk --services web`);
}

/** As {@link describeService}, for those who look often: the CLI needs most of a second to start. */
async function lookAtService(): Promise<Service> {
  const { services } = await aws.ecs.send(new DescribeServicesCommand({ cluster: "walk", services: ["web"] }));
  return services![0]!;
}

const listTasks = async () => (await text("taskArns", "ecs list-tasks --cluster walk --service-name web")).split("\t");

/** The public address of a task, the way AWS's own tutorials find it. */
async function publicIp(task: string): Promise<string> {
  const eni = "tasks[0].attachments[0].details[?name=='networkInterfaceId'].value";
  const id = await text(eni, `ecs describe-tasks --cluster walk --tasks ${task}`);
  const ip = "NetworkInterfaces[0].Association.PublicIp";
  return await text(ip, `ec2 describe-network-interfaces --network-interface-ids ${id}`);
}

const curl = (ip: string) => run("curl", ["--silent", "--show-error", "--max-time", "20", `http://${ip}:8080`]);

/** As {@link curl}, for those who ask often. */
async function get(ip: string): Promise<string> {
  const options = { headers: { connection: "close" }, signal: AbortSignal.timeout(20_000) };
  const response = await fetch(`http://${ip}:8080`, options);
  if (!response.ok) throw new Error(`${ip} answered ${response.status}`);
  return (await response.text()).trim();
}

/** The service's tasks that ECS wants to run. */
async function wanted(): Promise<Task[]> {
  const { taskArns } = await aws.ecs.send(new ListTasksCommand({ cluster: "walk", serviceName: "web" }));
  const described = await aws.ecs.send(new DescribeTasksCommand({ cluster: "walk", tasks: taskArns }));
  return described.tasks!.filter((task) => task.desiredStatus === "RUNNING");
}

const healthy = (tasks: readonly Task[]) => tasks.filter((task) => task.healthStatus === "HEALTHY");

/**
 * Asks every healthy task that ECS wants to run, again and again. One may end while it is asked, but only one that ECS
 * has told to stop.
 */
class Load {
  readonly answers: string[] = [];
  readonly failures: string[] = [];
  private readonly addresses = new Map<string, string>();
  private going = true;
  private readonly rounds = this.goOn().catch((cause: unknown) => this.failures.push(String(cause)));

  /** Asks those that there are now once more: the last round may have begun before they were. */
  async stop(): Promise<void> {
    this.going = false;
    await this.rounds;
    await this.round().catch((cause: unknown) => this.failures.push(String(cause)));
  }

  private async goOn(): Promise<void> {
    while (this.going) {
      await this.round();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private async round(): Promise<void> {
    const fit = healthy(await wanted());
    if (fit.length < 3) this.failures.push(`${fit.length} healthy tasks`);
    await Promise.all(fit.map((task) => this.ask(task)));
  }

  private async ask({ taskArn, attachments }: Task): Promise<void> {
    let address = this.addresses.get(taskArn!);
    if (!address) this.addresses.set(taskArn!, (address = await addressOf(attachments![0]!)));
    try {
      this.answers.push(await get(address));
    } catch (cause) {
      if ((await wanted()).some((task) => task.taskArn === taskArn)) this.failures.push(String(cause));
    }
  }
}

/** The public address of an interface that is attached to a task. */
async function addressOf({ details }: Attachment): Promise<string> {
  const id = details!.find(({ name }) => name === "networkInterfaceId")!.value!;
  const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] });
  const { NetworkInterfaces } = await aws.ec2.send(command);
  return NetworkInterfaces![0]!.Association!.PublicIp!;
}

/** Builds the image with `docker build` and pushes it to a new repository; answers its name. */
async function buildAndPush(): Promise<string> {
  const repository = await text("repository.repositoryUri", "ecr create-repository --repository-name web");
  expect(repository).toBe(`${engine.registry}/web`);
  const password = await cli("ecr get-login-password");
  const login = await docker.run(["login", "--username", "AWS", "--password-stdin", engine.registry], password);
  expect(login).toContain("Login Succeeded");
  await docker.run(["build", "--quiet", "--tag", "web", join(import.meta.dirname, "python-app")]);
  await docker.run(["tag", "web", `${repository}:v1`]);
  const digest = /v1: digest: (sha256:[0-9a-f]{64})/.exec(await docker.run(["push", `${repository}:v1`]))?.[1];
  const images = await text("imageDetails[].[imageDigest, imageTags[0]]", "ecr describe-images --repository-name web");
  expect(images).toBe(`${digest}\tv1`);
  return `${repository}:v1`;
}

/** Creates a security group that allows port 8080, and the service of one task with a public address; answers the group. */
async function createService(): Promise<string> {
  const group = await text("GroupId", "ec2 create-security-group --group-name web --description", "port 8080");
  const rule = "--protocol tcp --port 8080 --cidr 0.0.0.0/0";
  expect(await text("Return", `ec2 authorize-security-group-ingress --group-id ${group} ${rule}`)).toBe("True");
  const defaults = "ec2 describe-subnets --filters Name=default-for-az,Values=true";
  const subnets = (await text("Subnets[].SubnetId", defaults)).split("\t");
  expect(subnets).toHaveLength(3);
  const network = `subnets=[${subnets.join()}],securityGroups=[${group}],assignPublicIp=ENABLED`;
  await cli(
    `ecs create-service --cluster walk --service-name web --task-definition web --desired-count 1 --launch-type FARGATE --network-configuration awsvpcConfiguration={${network}}`,
  );
  await waitFor("services-stable");
  return group;
}

/** The one task answers, and what it writes comes into its log, which is followed meanwhile. */
async function askAndReadLogs(): Promise<void> {
  const [task] = await listTasks();
  const ip = await publicIp(task!);
  const follow = engine.spawnAws("logs", "tail", "/walk", "--follow", "--format", "short");
  let followed = "";
  follow.stdout.on("data", (chunk: Buffer) => (followed += chunk));
  try {
    // It runs, and may not listen yet.
    await until(async () => (await get(ip).catch(() => "")) !== "", 60_000, `an answer of ${ip}`);
    expect(await curl(ip)).toMatch(/^ip-172-31-\d+-\d+\.\S+ v1\n$/);
    const asked = expect.stringMatching(/^\S+ web\/app\/[0-9a-f]{32} \S+ - - \[.*\] "GET \/ HTTP\/1\.1" 200 -$/m);
    await expect.poll(() => followed, { timeout: 60_000 }).toContain('"GET / HTTP/1.1" 200 -');
    expect(await cli("logs tail /walk")).toEqual(asked);
  } finally {
    follow.kill();
  }
}

async function scale(): Promise<void> {
  const update = "ecs update-service --cluster walk --service web --desired-count 3";
  expect(await text("service.desiredCount", update)).toBe("3");
  await until(async () => healthy(await wanted()).length === 3, 180_000, "three healthy tasks");
  await waitFor("services-stable");
  expect(await describeService()).toMatchObject({ runningCount: 3, pendingCount: 0 });
}

/** Rolls a revision out while all tasks are asked again and again. */
async function rollOut(revision: string): Promise<void> {
  const load = new Load();
  const update = "ecs update-service --cluster walk --service web --task-definition web";
  expect(await text("length(service.deployments)", update)).toBe("2");
  const rolled = async () => {
    const { deployments } = await lookAtService();
    return deployments!.length === 1 && deployments![0]!.rolloutState === "COMPLETED";
  };
  await until(rolled, 240_000, "the roll-out").finally(() => load.stop());
  expect(load.failures).toEqual([]);
  expect(new Set(load.answers.map((answer) => answer.split(" ")[1]))).toEqual(new Set(["v1", "v2"]));
  await waitFor("services-stable");
  expect(await describeService()).toMatchObject({ taskDefinition: revision, runningCount: 3 });
  const answers = await Promise.all((await wanted()).map(async (task) => curl(await addressOf(task.attachments![0]!))));
  expect(answers.map((answer) => answer.split(" ")[1])).toEqual(["v2\n", "v2\n", "v2\n"]);
  expect(new Set(answers).size).toBe(3);
}

async function deleteAll(group: string, revisions: readonly string[]): Promise<void> {
  const removal = "ecs delete-service --cluster walk --service web --force";
  expect(await text("service.status", removal)).toBe("DRAINING");
  await waitFor("services-inactive");
  expect(await text("cluster.status", "ecs delete-cluster --cluster walk")).toBe("INACTIVE");
  for (const revision of revisions) {
    const deregister = `ecs deregister-task-definition --task-definition ${revision}`;
    expect(await text("taskDefinition.status", deregister)).toBe("INACTIVE");
  }
  await cli(`ec2 delete-security-group --group-id ${group}`);
  await cli("ecr delete-repository --repository-name web --force");
  await cli("logs delete-log-group --log-group-name /walk");
}

test("from an empty account to a service that answers, scales, rolls over, and back to nothing", async () => {
  const image = await buildAndPush();
  await makeRole();
  await cli("logs create-log-group --log-group-name /walk");
  expect(await text("cluster.status", "ecs create-cluster --cluster-name walk")).toBe("ACTIVE");
  const first = await register(image, "v1");
  expect(first).toMatch(/:task-definition\/web:1$/);
  const group = await createService();
  await askAndReadLogs();
  await scale();
  const second = await register(image, "v2");
  await rollOut(second);
  const { instance, userNamespaces } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as {
    instance: string;
    userNamespaces: boolean;
  };
  // A network namespace, a container, a process and a snapshot of each task, and users where they are its own.
  const ofEach = userNamespaces ? 5 : 4;
  await expect.poll(() => taskTraces(instance), { timeout: 60_000 }).toHaveLength(3 * ofEach);

  await deleteAll(group, [first, second]);
  await expect.poll(() => taskTraces(instance), { timeout: 60_000 }).toEqual([]);
  await engine.neargate(["down"]);
  expect(await traces(instance, engine.dataFolder)).toEqual([]);
}, 600_000); // it is over a minute where nobody else has the processor
