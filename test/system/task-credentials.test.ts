import {
  CreateServiceCommand,
  DescribeServicesCommand,
  GetTaskProtectionCommand,
  ListClustersCommand,
  ListTasksCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
  type ContainerDefinition,
  type Task,
} from "@aws-sdk/client-ecs";
import { DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../support/command.ts";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";
import { nodeRoot } from "../support/images.ts";
import { PATIENCE } from "../support/patience.ts";
import { iamClient, makeRole } from "../support/roles.ts";
import { s3Client } from "../support/s3.ts";
import { testTier } from "../support/tiers.ts";

const APP = join(import.meta.dirname, "task-credentials-app");
const ROLE = "arn:aws:iam::000000000000:role/service/worker";
const SERVICE = "guarded";
const ECS_TARGET = "AmazonEC2ContainerServiceV20141113";
const AGENT_STATE = "$ECS_AGENT_URI/task-protection/v1/state";

interface Credentials {
  RoleArn: string;
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  Expiration: string;
}

let engine: TestEngine;
let fargate: Fargate;
let image: string;
/** Runs the SDKs; its role's credentials are known to the test, as they would be to a thief. */
let worker: Task;
let other: Task;
let credentials: Credentials;
let guarded: Task[];

const idOf = (task: Task) => task.taskArn!.split("/").at(-1)!;

beforeAll(async () => {
  engine = await TestEngine.start(["--isolation", testTier()]);
  fargate = await Fargate.prepare(engine);
  const root = await nodeRoot({
    ...(await bundle("sdk.mjs", "app")),
    ...(await bundle("reader.mjs", "reader")),
    "app/probe.mjs": readFileSync(join(APP, "probe.mjs"), "utf8"),
  });
  image = await fargate.push("app", root, { Cmd: ["node", "/app/probe.mjs"] });
  rmSync(root, { recursive: true });

  await makeRole(iamClient(engine), {
    name: "worker",
    path: "/service/",
    statements: [
      {
        Effect: "Allow",
        Action: [
          "ecs:ListClusters",
          "ecs:GetTaskProtection",
          "ecs:UpdateTaskProtection",
          "ecr:GetAuthorizationToken",
          "ecr:ListImages",
        ],
        Resource: "*",
      },
    ],
  });
  const sdk = await fargate.define([{ image, command: ["node", "/app/sdk.mjs"] }], { taskRoleArn: ROLE });
  const guard = await fargate.define([probing([[AGENT_STATE, put({ ProtectionEnabled: true })], [AGENT_STATE]])], {
    taskRoleArn: ROLE,
  });
  await fargate.clients.ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: SERVICE,
      taskDefinition: guard,
      desiredCount: 2,
      launchType: "FARGATE",
      networkConfiguration: fargate.network(),
    }),
  );
  [worker, other] = (await fargate.reach(await fargate.run(sdk, { count: 2 }), "RUNNING", 200_000)) as [Task, Task];
  await until(async () => (guarded = await tasksOfService()).length === 2, 60_000, "the service's tasks");
}, 300_000 * PATIENCE);
afterAll(() => engine?.stop());

async function tasksOfService(): Promise<Task[]> {
  const { taskArns } = await fargate.clients.ecs.send(new ListTasksCommand({ cluster: CLUSTER, serviceName: SERVICE }));
  return taskArns!.map((taskArn) => ({ taskArn }));
}

/** A program with what it imports, as files of a folder. */
async function bundle(name: string, inFolder: string): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), "neargate-bundle-"));
  try {
    const rolldown = join(import.meta.dirname, "../../node_modules/.bin/rolldown");
    const names = ["--entryFileNames", "[name].mjs", "--chunkFileNames", "[name].mjs"];
    await run(rolldown, [join(APP, name), "--platform", "node", "--format", "esm", ...names, "--dir", folder]);
    const files = readdirSync(folder).map((file) => [join(inFolder, file), readFileSync(join(folder, file), "utf8")]);
    return Object.fromEntries(files) as Record<string, string>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Request = [url: string, init?: RequestInit];

function put(body: unknown): RequestInit {
  return { method: "PUT", body: JSON.stringify(body) };
}

function probing(requests: Request[]): Partial<ContainerDefinition> {
  return { image, environment: [{ name: "REQUESTS", value: JSON.stringify(requests) }] };
}

/** The first lines that a task's container printed, parsed. */
async function printed(task: Task, count: number): Promise<unknown[]> {
  let lines: string[] = [];
  await until(
    async () => (lines = await fargate.lines(task).catch(() => [])).length >= count,
    90_000,
    `${count} lines of ${idOf(task)}`,
  );
  if (!lines.every((line) => line.startsWith("{"))) throw new Error(`${idOf(task)} failed: ${lines.join("\n")}`);
  return lines.map((line) => JSON.parse(line) as unknown);
}

function clientsOf({ AccessKeyId, SecretAccessKey, Token }: Credentials) {
  const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
  return engine.clients(keys);
}

async function identityOf(keys: Credentials): Promise<string> {
  return (await clientsOf(keys).sts.send(new GetCallerIdentityCommand({}))).Arn!;
}

/** The errors that services of each protocol refuse credentials with. */
async function refusals(keys: Credentials): Promise<string[]> {
  const { ecs, sts, ec2 } = clientsOf(keys);
  const nameOf = (call: Promise<unknown>) => call.then(() => "accepted").catch((cause: Error) => cause.name);
  return await Promise.all([
    nameOf(ecs.send(new ListClustersCommand({}))),
    nameOf(sts.send(new GetCallerIdentityCommand({}))),
    nameOf(ec2.send(new DescribeVpcsCommand({}))),
  ]);
}

const TOKEN_REFUSED = ["UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"];

test("stock SDKs in a task find its role's credentials, the Region and the endpoint", async () => {
  const [output] = (await printed(worker, 1)) as [
    { identity: Record<string, unknown>; clusterArns: string[]; credentials: Credentials },
  ];
  ({ credentials } = output);
  expect(output.identity).toMatchObject({
    Account: "000000000000",
    Arn: `arn:aws:sts::000000000000:assumed-role/worker/${idOf(worker)}`,
    UserId: expect.stringMatching(new RegExp(`^AROA[A-Z2-7]{17}:${idOf(worker)}$`)),
  });
  expect(output.clusterArns).toEqual([`arn:aws:ecs:us-east-1:000000000000:cluster/${CLUSTER}`]);
  expect(credentials).toEqual({
    RoleArn: ROLE,
    AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
    SecretAccessKey: expect.stringMatching(/^.{40}$/),
    Token: expect.any(String),
    Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  const hours = (Date.parse(credentials.Expiration) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(5.9);
  expect(hours).toBeLessThanOrEqual(6);
});

test("a role of one prefix and one secret reads exactly those", async () => {
  const s3 = s3Client(engine);
  const { endpoint, region, credentials: root } = engine;
  const secrets = new SecretsManagerClient({ endpoint, region, credentials: root });
  const make = async (Name: string) =>
    (await secrets.send(new CreateSecretCommand({ Name, SecretString: `of ${Name}` }))).ARN!;
  const [own] = [await make("own"), await make("others")];
  await s3.send(new CreateBucketCommand({ Bucket: "data" }));
  for (const Key of ["own/a", "others/b"])
    await s3.send(new PutObjectCommand({ Bucket: "data", Key, Body: `at ${Key}` }));
  const { Arn } = await makeRole(iamClient(engine), {
    name: "reader",
    statements: [
      { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::data/own/*" },
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: own },
    ],
  });
  const wanted = [
    ["get", { Bucket: "data", Key: "own/a" }],
    ["secret", "own"],
    ["get", { Bucket: "data", Key: "others/b" }],
    ["put", { Bucket: "data", Key: "own/a", Body: "changed" }],
    ["secret", "others"],
  ];
  const definition = await fargate.define(
    [
      {
        image,
        command: ["node", "/reader/reader.mjs"],
        environment: [{ name: "WANTED", value: JSON.stringify(wanted) }],
      },
    ],
    { taskRoleArn: Arn },
  );
  const [task] = (await fargate.run(definition)) as [Task];
  const denied = (action: string, resource: string) =>
    `User: arn:aws:sts::000000000000:assumed-role/reader/${idOf(task)} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  expect(await printed(task, wanted.length)).toEqual([
    { text: "at own/a" },
    { text: "of own" },
    { name: "AccessDenied", message: denied("s3:GetObject", '"arn:aws:s3:::data/others/b"') },
    { name: "AccessDenied", message: denied("s3:PutObject", '"arn:aws:s3:::data/own/a"') },
    { name: "AccessDeniedException", message: denied("secretsmanager:GetSecretValue", "others") },
  ]);
});

test("altered and forged credentials are refused in every protocol's words", async () => {
  expect(await identityOf(credentials)).toContain("assumed-role/worker/");
  const changed = (text: string) => (text.startsWith("A") ? "B" : "A") + text.slice(1);
  expect(await refusals({ ...credentials, Token: changed(credentials.Token) })).toEqual(TOKEN_REFUSED);
  expect(await refusals({ ...credentials, Token: credentials.Token.slice(0, -4) })).toEqual(TOKEN_REFUSED);
  expect(await refusals({ ...credentials, AccessKeyId: `ASIA${"A".repeat(16)}` })).toEqual(TOKEN_REFUSED);
  expect(await refusals({ ...credentials, SecretAccessKey: changed(credentials.SecretAccessKey) })).toEqual([
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "SignatureDoesNotMatch",
  ]);
  const { accessKeyId, secretAccessKey } = engine.credentials;
  const stranger = { ...credentials, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
  expect(await refusals(stranger), "the root key with a task's token").toEqual(TOKEN_REFUSED);
});

test("a role must be one of the account", async () => {
  const define = (taskRoleArn: string) => fargate.define([{ image }], { taskRoleArn });
  await expect(define("arn:aws:iam::999999999999:role/worker")).rejects.toMatchObject({
    name: "ClientException",
    message: "Role is not valid",
  });
});

test("credentials outlive a killed control plane", async () => {
  for (const task of guarded) await printed(task, 3); // these ask the engine, and end when it is not there
  await engine.kill();
  await engine.up();
  expect(await identityOf(credentials)).toContain(idOf(worker));
});

test("tasks protect themselves, and no scale-in stops them until that ends", async () => {
  const { ecs } = fargate.clients;
  for (const task of guarded) {
    const [, set, got] = (await printed(task, 3)) as { status: number; body: string }[];
    expect(set).toEqual(got);
    expect(got!.status).toBe(200);
    expect(JSON.parse(got!.body)).toEqual({
      protection: {
        ProtectionEnabled: true,
        TaskArn: task.taskArn,
        ExpirationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    });
  }
  const scale = (desiredCount: number) =>
    ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, desiredCount }));
  const protect = (task: Task, protectionEnabled: boolean) =>
    ecs.send(new UpdateTaskProtectionCommand({ cluster: CLUSTER, tasks: [task.taskArn!], protectionEnabled }));
  const saidToBeBlocked = async () => {
    const { services } = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }));
    return services![0]!.events!.filter(({ message }) => message!.includes("more than the desired count")).length;
  };

  await scale(1);
  await until(async () => (await saidToBeBlocked()) === 1, 60_000, "an event");
  expect((await fargate.describe(guarded)).map((task) => task.desiredStatus)).toEqual(["RUNNING", "RUNNING"]);
  expect(await protect(guarded[0]!, true)).toMatchObject({
    protectedTasks: [],
    failures: [{ arn: guarded[0]!.taskArn, reason: "DEPLOYMENT_BLOCKED" }],
  });
  expect((await protect(guarded[0]!, false)).protectedTasks).toEqual([
    { taskArn: guarded[0]!.taskArn, protectionEnabled: false },
  ]);
  await fargate.reach([guarded[0]!], "STOPPED");

  await scale(0);
  await until(async () => (await saidToBeBlocked()) === 2, 60_000, "another event");
  expect((await fargate.describe(guarded))[1]).toMatchObject({ desiredStatus: "RUNNING" });
  const [stopped] = await fargate.stop([guarded[1]!]);
  expect(stopped).toMatchObject({ stopCode: "UserInitiated" });
});

test("a task of no service cannot be protected", async () => {
  const missing = "0".repeat(32);
  expect(
    await fargate.clients.ecs.send(
      new GetTaskProtectionCommand({ cluster: CLUSTER, tasks: [worker.taskArn!, missing] }),
    ),
  ).toMatchObject({
    protectedTasks: [],
    failures: [
      { arn: worker.taskArn, reason: "TASK_NOT_VALID" },
      { arn: expect.stringContaining(missing), reason: "MISSING" },
    ],
  });
  const update = { cluster: CLUSTER, tasks: [worker.taskArn!], protectionEnabled: true };
  for (const expiresInMinutes of [0, 2881])
    await expect(
      fargate.clients.ecs.send(new UpdateTaskProtectionCommand({ ...update, expiresInMinutes })),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
});

test("the moment its task has stopped, a session is refused, and the registry password that was got with it", async () => {
  expect(await identityOf(credentials)).toContain(idOf(worker));
  const { authorizationData } = await clientsOf(credentials).ecr.send(new GetAuthorizationTokenCommand({}));
  const authorization = `Basic ${authorizationData![0]!.authorizationToken}`;
  const registry = async (path: string) =>
    (await fetch(`${engine.endpoint}/v2/${path}`, { headers: { authorization } })).status;
  expect(await Promise.all([registry(""), registry("app/tags/list")])).toEqual([200, 200]);
  await fargate.stop([worker]);
  expect(await refusals(credentials)).toEqual(TOKEN_REFUSED);
  expect(await Promise.all([registry(""), registry("app/tags/list")])).toEqual([403, 403]);
});

test("without a role nothing is to be had, not even from an engine that checks no signatures elsewhere", async () => {
  await engine.kill();
  await engine.up({ NEARGATE_AUTH: "off" });
  const [{ path }] = (await printed(other, 1)) as [{ path: string }];
  const api = "http://169.254.170.2:4566";
  const target = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `${ECS_TARGET}.ListClusters` };
  const definition = await fargate.define([
    probing([
      [`http://169.254.170.2${path}`],
      ["http://169.254.170.2/v2/credentials/"],
      [AGENT_STATE],
      [api, { method: "POST", headers: target, body: "{}" }],
      [`${api}/_neargate/health`],
      [`${api}/v2/`],
    ]),
  ]);
  const [stranger] = (await fargate.start(definition)) as [Task];
  const [variables, ...answers] = (await printed(stranger, 7)) as [Record<string, string>, ...unknown[]];
  expect(variables).toMatchObject({ AWS_ENDPOINT_URL: api, AWS_REGION: "us-east-1" });
  expect(variables).not.toHaveProperty("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  expect(answers).toMatchObject([
    { status: 400, body: expect.stringContaining('"code":"InvalidIdInRequest"') },
    { status: 400, body: expect.stringContaining('"code":"NoIdInRequest"') },
    { status: 403, body: expect.stringContaining("no task IAM role credentials available for task") },
    { status: 400, body: expect.stringContaining("MissingAuthenticationTokenException") },
    { status: 404, body: expect.stringContaining("UnknownOperationException") },
    { status: 401 },
  ]);
});
