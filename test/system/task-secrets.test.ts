import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  type CreateSecretCommandInput,
} from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionRequest,
  type Task,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../support/command.ts";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate, LOG_GROUP } from "../support/fargate.ts";
import { iamClient, makeRole, type TestStatement } from "../support/roles.ts";
import { s3Client } from "../support/s3.ts";
import { tiersHere } from "../support/tiers.ts";
import { buildImage, busyboxLayer } from "./compute-images.ts";
import { TestRegistry } from "./compute-registry.ts";

/* Secrets of tasks, and what their execution roles may do. */

/** In every secret value: to be found nowhere. */
const MARK = "do-not-tell-4711";
const READER = "reader";
const BUCKET = "task-secrets";
const PULL_FAILED =
  "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ";

let engine: TestEngine;
let fargate: Fargate;
let image: string;
const registry = new TestRegistry();
/** ARNs of secrets by name. */
const secret: Record<string, string> = {};
let account: string;

const value = (name: string) => `${MARK} ${name} "'$x\nand a line`;
const document = { user: value("user"), port: 5432, password: value("password") };

beforeAll(async () => {
  await registry.listen();
  // The first container that is made ends the engine.
  engine = await TestEngine.start([], { NEARGATE_FAILPOINTS: "task.container-created=kill" });
  fargate = await Fargate.prepare(engine);
  image = await fargate.pushBusybox();
  account = (await fargate.clients.sts.config.credentials()).accountId ?? "000000000000";
  const config = { endpoint: engine.endpoint, region: engine.region, credentials: engine.credentials, maxAttempts: 1 };
  const secrets = new SecretsManagerClient(config);
  const ssm = new SSMClient(config);
  const { KeyMetadata } = await new KMSClient(config).send(new CreateKeyCommand({}));
  const make = async (Name: string, SecretString: string, more: Partial<CreateSecretCommandInput> = {}) => {
    const made = await secrets.send(new CreateSecretCommand({ Name, SecretString, ...more }));
    secret[Name] = made.ARN!;
    return made.VersionId!;
  };
  await make("plain", value("plain"));
  await make("document", JSON.stringify({ ...document, password: value("before") }));
  await secrets.send(new PutSecretValueCommand({ SecretId: "document", SecretString: JSON.stringify(document) }));
  await make("own-key", value("own-key"), { KmsKeyId: KeyMetadata!.Arn });
  await make("login", JSON.stringify({ username: "me", password: MARK }));
  await make("hidden", value("hidden"));
  for (const [Name, Type] of [
    ["text", "String"],
    ["/app/sealed", "SecureString"],
  ] as const)
    await ssm.send(new PutParameterCommand({ Name, Type, Value: value(Name) }));
  await role(READER, [
    allow(
      ["secretsmanager:GetSecretValue"],
      [secret["plain"]!, secret["document"]!, secret["own-key"]!, secret["login"]!],
    ),
    allow(["ssm:GetParameters"], [`arn:aws:ssm:*:*:parameter/text`, `arn:aws:ssm:*:*:parameter/app/*`]),
  ]);
});
afterAll(async () => {
  registry.close();
  await engine?.stop();
});

const allow = (Action: string[], Resource: string[] = ["*"]): TestStatement => ({ Effect: "Allow", Action, Resource });
const arnOf = (name: string) => `arn:aws:iam::${account}:role/${name}`;

/** Makes an execution role with AWS's policy for one and more, or with less. */
async function role(
  name: string,
  statements: TestStatement[],
  managed = ["service-role/AmazonECSTaskExecutionRolePolicy"],
): Promise<string> {
  await makeRole(iamClient(engine), { name, statements, managed });
  return arnOf(name);
}

type Secrets = Record<string, string>;
const secretsFrom = (valuesFrom: Secrets) =>
  Object.entries(valuesFrom).map(([name, valueFrom]) => ({ name, valueFrom }));

/** Tells of variables what a hash of their values is. */
function telling(valuesFrom: Secrets): Partial<ContainerDefinition> {
  const script = `for name in ${Object.keys(valuesFrom).join(" ")}; do eval "value=\\$$name"; echo "$name $(printf %s "$value" | sha256sum)"; done; trap 'exit 0' TERM; sleep 1000 & wait`;
  return {
    image,
    entryPoint: ["sh", "-c"],
    command: [script],
    secrets: secretsFrom(valuesFrom),
    healthCheck: { command: ["CMD-SHELL", '[ "${#PLAIN}" -gt 9 ]'], interval: 5, timeout: 60, retries: 1 },
  };
}

const hashed = (name: string, text: string) => `${name} ${createHash("sha256").update(text).digest("hex")}  -`;

/** The files of a folder, recursively, in which a secret stands. */
async function filesWithSecrets(folder: string): Promise<string[]> {
  const search = join(import.meta.dirname, "../support/search_folder.py");
  return (await run("python3", [search, folder], { input: MARK })).split("\n").filter(Boolean);
}

async function failed(
  container: Partial<ContainerDefinition>,
  executionRoleArn: string,
  more: Partial<RegisterTaskDefinitionRequest> = {},
): Promise<Task> {
  const definition = await fargate.define([{ image, command: ["true"], ...container }], { executionRoleArn, ...more });
  const [task] = await fargate.reach(await fargate.run(definition), "STOPPED");
  return task!;
}

describe.each(await tiersHere())("on %s", (tier) => {
  test("each kind of reference arrives, also after a crash; nothing that lasts has the values", async () => {
    await engine.kill();
    await engine.up({ NEARGATE_ISOLATION: tier });
    const valuesFrom = {
      PLAIN: secret["plain"]!,
      PARTIAL: secret["plain"]!.slice(0, -7),
      DOCUMENT: secret["document"]!,
      USER: `${secret["document"]}:user::`,
      PORT: `${secret["document"]}:port::`,
      BEFORE: `${secret["document"]}:password:AWSPREVIOUS:`,
      TEXT: "text",
      SEALED: `arn:aws:ssm:us-east-1:${account}:parameter/app/sealed`,
    };
    const [task] = await fargate.run(await fargate.define([telling(valuesFrom)], { executionRoleArn: arnOf(READER) }));
    await until(() => !engine.alive, 30_000, "the engine's death");
    await engine.up({ NEARGATE_ISOLATION: tier, NEARGATE_FAILPOINTS: "" });
    const [running] = await fargate.reach([task!], "RUNNING");
    let lines: string[] = [];
    await until(async () => (lines = await fargate.lines(running!)).length === 8, 60_000, "8 lines");
    expect(lines).toEqual([
      hashed("PLAIN", value("plain")),
      hashed("PARTIAL", value("plain")),
      hashed("DOCUMENT", JSON.stringify(document)),
      hashed("USER", document.user),
      hashed("PORT", "5432"),
      hashed("BEFORE", value("before")),
      hashed("TEXT", value("text")),
      hashed("SEALED", value("/app/sealed")),
    ]);
    await until(
      async () => (await fargate.describe([running!]))[0]!.healthStatus === "HEALTHY",
      60_000,
      "a health check with a secret",
    );
    expect(await filesWithSecrets(engine.dataFolder)).toEqual([]);
    const commandLines = await run("sh", ["-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]);
    expect(commandLines).not.toContain(MARK);
    const described = await fargate.clients.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: running!.taskDefinitionArn }),
    );
    expect(JSON.stringify([described, await fargate.describe([running!])])).not.toContain(MARK);
    await fargate.stop([running!]);
    expect(await filesWithSecrets(`/run/neargate/${instance()}`)).toEqual([]);
  });
});

/** Of the engine's run folder. */
function instance(): string {
  return createHash("sha256").update(engine.dataFolder).digest("hex").slice(0, 6);
}

/** What was done as the roles of a task, and how it was refused. */
async function eventsOf({ taskArn }: Task): Promise<string[]> {
  const { endpoint, region, credentials } = engine;
  const Username = taskArn!.split("/").at(-1)!;
  const { Events = [] } = await new CloudTrailClient({ endpoint, region, credentials }).send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "Username", AttributeValue: Username }] }),
  );
  const texts = Events.map(({ CloudTrailEvent }) => {
    const event = JSON.parse(CloudTrailEvent!) as { eventName: string; errorCode?: string };
    return [event.eventName, event.errorCode].filter(Boolean).join(" ");
  });
  return texts.sort();
}

describe.concurrent("an execution role that may not", () => {
  const denied = (name: string, task: Task, action: string, resource: string) =>
    `User: arn:aws:sts::${account}:assumed-role/${name}/${task.taskArn!.split("/").at(-1)} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  const requestId = "[0-9a-f-]{36}";
  const api = (operation: string) =>
    `operation error ${operation}, https response error StatusCode: 400, RequestID: ${requestId}, api error AccessDeniedException: `;
  const matching = (...parts: string[]) => new RegExp(`^${parts.join("")}`);
  const quoted = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

  test("read a secret, a parameter, or the key of one", async () => {
    const reader = arnOf(READER);
    const [hidden, unknown, keyless, stage, version, missing, unseen] = await Promise.all([
      failed({ secrets: secretsFrom({ S: secret["hidden"]! }) }, reader),
      failed({ secrets: secretsFrom({ S: `${secret["document"]}:no-such-key::` }) }, reader),
      failed({ secrets: secretsFrom({ S: `${secret["plain"]}:key::` }) }, reader),
      failed({ secrets: secretsFrom({ S: `${secret["plain"]}::AWSNEVER:` }) }, reader),
      failed({ secrets: secretsFrom({ S: secret["own-key"]! }) }, reader),
      failed({ secrets: secretsFrom({ S: "/app/missing" }) }, reader),
      failed({ secrets: secretsFrom({ S: "unseen" }) }, reader),
    ]);
    const asm = `${PULL_FAILED}unable to retrieve secret from asm: service call has been retried 1 time\\(s\\): `;
    const fetching = (name: string) => `${asm}failed to fetch secret ${secret[name]} from secrets manager: `;
    expect(hidden).toMatchObject({ stopCode: "TaskFailedToStart", lastStatus: "STOPPED" });
    expect(hidden.stoppedReason).toMatch(
      matching(
        fetching("hidden"),
        api("Secrets Manager: GetSecretValue"),
        quoted(denied(READER, hidden, "secretsmanager:GetSecretValue", secret["hidden"]!)),
        "$",
      ),
    );
    expect(unknown.stoppedReason).toMatch(
      matching(asm, "retrieved secret from Secrets Manager did not contain json key no-such-key$"),
    );
    expect(keyless.stoppedReason).toMatch(matching(asm, "invalid character looking for beginning of value$"));
    expect(stage.stoppedReason).toMatch(
      matching(fetching("plain"), ".*ResourceNotFoundException: Secrets Manager can't find the specified secret value"),
    );
    expect(version.stoppedReason).toMatch(matching(fetching("own-key"), ".*Access to KMS is not allowed"));
    const ssm = `${PULL_FAILED}unable to retrieve secrets from ssm: service call has been retried 1 time\\(s\\): `;
    expect(missing.stoppedReason).toMatch(matching(ssm, "invalid ssm parameters: /app/missing$"));
    expect(unseen.stoppedReason).toMatch(
      matching(
        ssm,
        api("SSM: GetParameters"),
        quoted(denied(READER, unseen, "ssm:GetParameters", `arn:aws:ssm:us-east-1:${account}:parameter/unseen`)),
        "$",
      ),
    );
  });

  test("pull an image, write a log or read a file", async () => {
    const s3 = s3Client(engine);
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "a.env", Body: "A=1\n" }));
    const logs = ["logs:CreateLogStream", "logs:PutLogEvents"];
    const pulling = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
    const token = "ecr:GetAuthorizationToken";
    const roles = await Promise.all([
      role("no-token", [allow([...logs, ...pulling])], []),
      role("no-pull", [allow([...logs, token])], []),
      role("no-stream", [allow([token, ...pulling])], []),
      role("no-events", [allow(["logs:CreateLogStream", token, ...pulling])], []),
    ]);
    const file = { type: "s3", value: `arn:aws:s3:::${BUCKET}/a.env` } as const;
    const [noToken, noPull, noStream, noEvents, noFile, noGroup] = (await Promise.all([
      ...roles.map((arn) => failed({ command: ["echo", "heard"] }, arn)),
      failed({ environmentFiles: [file] }, arnOf("ecsTaskExecutionRole")),
      failed(
        {
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": "/new",
              "awslogs-region": "us-east-1",
              "awslogs-stream-prefix": "t",
              "awslogs-create-group": "true",
            },
          },
        },
        arnOf("ecsTaskExecutionRole"),
      ),
    ])) as [Task, Task, Task, Task, Task, Task];
    expect(noToken.stoppedReason).toMatch(
      matching(
        `${PULL_FAILED}unable to retrieve ecr registry auth: service call has been retried 1 time\\(s\\): `,
        api("ECR: GetAuthorizationToken"),
        quoted(denied("no-token", noToken, token, "*")),
        "$",
      ),
    );
    const refused = `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: unexpected status from HEAD request to https://${engine.registry}/v2/busybox/manifests/latest: 403 Forbidden: ${denied("no-pull", noPull, "ecr:BatchGetImage", `arn:aws:ecr:us-east-1:${account}:repository/busybox`)}`;
    expect(noPull).toMatchObject({ stoppedReason: refused, containers: [{ reason: refused }] });
    const stream = (task: Task) =>
      `arn:aws:logs:us-east-1:${account}:log-group:${LOG_GROUP}:log-stream:t/app/${task.taskArn!.split("/").at(-1)}`;
    const logger =
      "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log";
    expect(noStream.stoppedReason).toBe(
      `${logger} stream: AccessDeniedException: ${denied("no-stream", noStream, "logs:CreateLogStream", stream(noStream))} : exit status 1`,
    );
    expect(noGroup.stoppedReason).toBe(
      `${logger} group: AccessDeniedException: ${denied("ecsTaskExecutionRole", noGroup, "logs:CreateLogGroup", `arn:aws:logs:us-east-1:${account}:log-group:/new:log-stream:`)} : exit status 1`,
    );
    expect(noEvents.containers![0]!.exitCode).toBe(0);
    expect(await fargate.lines(noEvents)).toEqual([]);
    expect(await eventsOf(noPull)).toEqual(["BatchGetImage AccessDeniedException", "GetAuthorizationToken"]);
    expect(await eventsOf(noStream)).toContain("CreateLogStream AccessDeniedException");
    expect(await eventsOf(noEvents)).toEqual([
      "BatchGetImage",
      "CreateLogStream",
      "GetAuthorizationToken",
      "GetDownloadUrlForLayer",
    ]);
    expect(noFile.stoppedReason).toMatch(
      /^ResourceInitializationError: failed to download env files: .*StatusCode: 403, api error Forbidden: Forbidden$/,
    );
  });
});

test.concurrent("without an execution role no image of this engine's registry is pulled", async () => {
  const definition = await fargate.define([{ image, logConfiguration: undefined }], { executionRoleArn: undefined });
  const [task] = await fargate.reach(await fargate.run(definition), "STOPPED");
  expect(task!.stoppedReason).toBe(
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  );
});

test.concurrent("images of private registries are pulled with the login in a secret", async () => {
  const layers = await buildImage([busyboxLayer()], { Cmd: ["true"] });
  registry.login = `me:${MARK}`;
  const reference = registry.add("private/app", "1", layers);
  const login = (name: string) => ({ repositoryCredentials: { credentialsParameter: name } });
  const pulled = async (executionRoleArn: string, name: string) =>
    await failed({ image: reference, ...login(name) }, executionRoleArn);
  const [unnamed, byToken] = await Promise.all([
    failed({ image: reference }, arnOf(READER)),
    pulled(arnOf(READER), secret["login"]!),
  ]);
  registry.auth = "basic";
  const byPassword = await pulled(arnOf(READER), "login");
  const [stranger, shapeless] = await Promise.all([
    pulled(arnOf("ecsTaskExecutionRole"), secret["login"]!),
    pulled(arnOf(READER), secret["plain"]!),
  ]);
  expect(unnamed.stoppedReason).toMatch(/^CannotPullContainerError: .*pull access denied/);
  for (const task of [byToken, byPassword]) expect(task.containers![0]!.exitCode).toBe(0);
  expect(stranger.stoppedReason).toMatch(
    `${PULL_FAILED}unable to get registry auth from asm: service call has been retried 1 time(s): asm fetching secret from the service for ${secret["login"]}: operation error Secrets Manager: GetSecretValue`,
  );
  expect(shapeless.stoppedReason).toBe(
    `${PULL_FAILED}unable to get registry auth from asm: service call has been retried 1 time(s): asm fetching authorization data: unable to unmarshal secret value, invalid schema`,
  );
});

test.concurrent("roles that are not there, or do not trust tasks, are not taken on", async () => {
  await makeRole(iamClient(engine), { name: "of-lambda", trusts: "lambda.amazonaws.com" });
  const unable = (name: string) =>
    `ECS was unable to assume the role '${arnOf(name)}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
  for (const name of ["missing", "of-lambda"]) {
    const definition = await fargate.define([{ image }], { taskRoleArn: arnOf(name) });
    await expect(fargate.run(definition)).rejects.toMatchObject({ name: "ClientException", message: unable(name) });
  }
  const taskDefinition = await fargate.define([{ image }], { executionRoleArn: arnOf("missing") });
  const name = { cluster: CLUSTER, serviceName: "roleless" };
  await fargate.clients.ecs.send(
    new CreateServiceCommand({
      ...name,
      taskDefinition,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: fargate.network(),
    }),
  );
  const events = async () => {
    const { services } = await fargate.clients.ecs.send(
      new DescribeServicesCommand({ cluster: CLUSTER, services: [name.serviceName] }),
    );
    return services![0]!.events!.map(({ message }) => message);
  };
  await until(async () => (await events()).length > 0, 60_000, "an event");
  // It is tried again, and may have been already.
  const failure = `(service roleless) failed to launch a task with (error ${unable("missing")}).`;
  expect(new Set(await events())).toEqual(new Set([failure]));
});

test("nothing that was logged has a secret", () => {
  expect(readFileSync(join(engine.dataFolder, "engine.log"), "utf8")).not.toContain(MARK);
});
