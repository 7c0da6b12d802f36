import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateLogGroupCommand, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeClustersCommand,
  ExecuteCommandCommand,
  UpdateClusterCommand,
  type ExecuteCommandCommandOutput,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetObjectCommand } from "@aws-sdk/client-s3";
import { PutParameterCommand, ResumeSessionCommand, SSMClient, TerminateSessionCommand } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Isolation } from "../../src/base/isolation.ts";
import { TestEngine, until } from "../support/engine.ts";
import { ExecClient } from "../support/exec-client.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";
import { iamClient, makeRole, policyDocument } from "../support/roles.ts";
import { s3Client } from "../support/s3.ts";
import { tiersHere } from "../support/tiers.ts";

/* ECS Exec: sessions in containers by the data channel of Systems Manager. */

const NOT_CONNECTED = "The execute command failed due to an internal error. Try again later.";
const NOT_ENABLED =
  "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.";
const CHANNELS = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
const AUDIT = "/exec/audit";
const BUCKET = "exec-transcripts";
const ALL = ["*"];

const tiers = await tiersHere();
const first = tiers[0]!;

let engine: TestEngine;
let fargate: Fargate;
let ssm: SSMClient;
let plugin: string;
/** With ECS Exec, one on each tier. */
const tasks = {} as Record<Isolation, Task>;
/** Without it. */
let other: Task;
/** With it, and a role that may not connect. */
let silent: Task;
/** On the first tier, from before the engine was restarted. */
let before: ExecClient;

beforeAll(async () => {
  engine = await TestEngine.start([], { NEARGATE_ISOLATION: first });
  fargate = await Fargate.prepare(engine);
  const image = await fargate.pushBusybox();
  const { endpoint, region, credentials } = engine;
  ssm = new SSMClient({ endpoint, region, credentials, maxAttempts: 1 });
  plugin = fakePlugin();
  const iam = iamClient(engine);
  const connects = { Effect: "Allow" as const, Action: CHANNELS.map((name) => `ssmmessages:${name}`), Resource: ALL };
  const writes = { Effect: "Allow" as const, Action: ["logs:*", "s3:*"], Resource: ALL };
  const reads = { Effect: "Allow" as const, Action: ["ssm:GetParameters"], Resource: ALL };
  await Promise.all([
    makeRole(iam, { name: "exec", statements: [connects, writes] }),
    makeRole(iam, { name: "silent", statements: [{ ...connects, Action: connects.Action.slice(1) }] }),
    iam.send(
      new PutRolePolicyCommand({
        RoleName: "ecsTaskExecutionRole",
        PolicyName: "secret",
        PolicyDocument: policyDocument(reads),
      }),
    ),
    ssm.send(new PutParameterCommand({ Name: "secret", Type: "SecureString", Value: "s3cret" })),
    fargate.clients.logs.send(new CreateLogGroupCommand({ logGroupName: AUDIT })),
    s3Client(engine).send(new CreateBucketCommand({ Bucket: BUCKET })),
  ]);
  const app = {
    image,
    user: "app",
    workingDirectory: "/www",
    environment: [{ name: "COLOUR", value: "green" }],
    secrets: [{ name: "SECRET", valueFrom: "secret" }],
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 1000 & wait $!; done"],
  };
  const both = await fargate.define(
    [app, { image, essential: false, readonlyRootFilesystem: true, command: ["sleep", "100000"] }],
    { taskRoleArn: "exec" },
  );
  const alone = await fargate.define([app], { taskRoleArn: "exec" });
  const mute = await fargate.define([app], { taskRoleArn: "silent" });
  const enabled = { enableExecuteCommand: true };
  const launched = await Promise.all([fargate.run(both, enabled), fargate.run(alone), fargate.run(mute, enabled)]);
  [tasks[first], other, silent] = (await fargate.reach(launched.flat(), "RUNNING")) as [Task, Task, Task];
  await until(async () => (await agents(tasks[first]))[0]!.lastStatus === "RUNNING", 60_000, "the agent");
  before = await open(tasks[first], "sleep 4007");
  await engine.neargate(["down", "--keep-tasks"]);
  await engine.up({ NEARGATE_ISOLATION: tiers.at(-1)! });
  for (const tier of tiers.slice(1)) [tasks[tier]] = (await fargate.start(both, enabled)) as [Task];
  const settled = async (task: Task) => (await agents(task)).every((agent) => agent.lastStatus !== "PENDING");
  for (const task of Object.values(tasks)) await until(() => settled(task), 60_000, "the agents");
});

afterAll(async () => {
  rmSync(plugin, { recursive: true, force: true });
  await engine?.stop();
});

async function agents(of: Task) {
  const [found] = await fargate.describe([of]);
  return found!.containers!.map((container) => container.managedAgents![0]!);
}

function execute(
  task: Task,
  command: string,
  more: { container?: string | undefined; interactive?: boolean; cluster?: string } = {},
): Promise<ExecuteCommandCommandOutput> {
  const request = { cluster: CLUSTER, container: "app", interactive: true, ...more, task: task.taskArn, command };
  return fargate.clients.ecs.send(new ExecuteCommandCommand(request));
}

async function open(task: Task, command: string, size?: { cols: number; rows: number }): Promise<ExecClient> {
  const { session } = await execute(task, command);
  return await ExecClient.open(session!, size);
}

/** Runs a command to its end; what it printed. */
async function output(task: Task, command: string): Promise<string> {
  const client = await open(task, command);
  expect(await client.closed).toBe("");
  return client.text;
}

/** The programs of a container. */
const processes = (task: Task) => output(task, "busybox ps -o args");

describe.concurrent("sessions", () => {
  describe.each(tiers)("on %s", (tier) => {
    let task: Task;
    beforeAll(() => void (task = tasks[tier]));

    test("the agent runs where sessions can be had, and the task says so", async () => {
      const [found] = await fargate.describe([task]);
      expect(found!.enableExecuteCommand).toBe(true);
      const [running, readOnly] = await agents(task);
      expect(running).toEqual({ name: "ExecuteCommandAgent", lastStatus: "RUNNING", lastStartedAt: expect.any(Date) });
      expect(readOnly).toMatchObject({ name: "ExecuteCommandAgent", lastStatus: "STOPPED" });
      expect((await agents(silent))[0]).toEqual({ name: "ExecuteCommandAgent", lastStatus: "PENDING" });
      const [without] = await fargate.describe([other]);
      expect(without!.enableExecuteCommand).toBe(false);
      expect(without!.containers![0]!.managedAgents).toBeUndefined();
    });

    test("a single command runs as root, in the container's folder, with its environment, secrets and a terminal", async () => {
      const { session: access, ...answer } = await execute(
        task,
        `sh -c 'id -u; pwd; echo "$COLOUR $SECRET $TERM"; hostname; test -t 0 && echo terminal; exit 3'`,
      );
      expect(answer).toMatchObject({
        clusterArn: task.clusterArn,
        containerArn: task.containers![0]!.containerArn,
        containerName: "app",
        interactive: true,
        taskArn: task.taskArn,
      });
      expect(access!.sessionId).toMatch(/^ecs-execute-command-[0-9a-f]{17}$/);
      expect(access!.streamUrl).toBe(
        `ws://${new URL(engine.endpoint).host}/v1/data-channel/${access!.sessionId}?role=publish_subscribe`,
      );
      const client = await ExecClient.open(access!);
      expect(await client.closed).toBe("");
      const [uid, folder, values, , terminal] = client.text.split("\r\n");
      expect([uid, folder, values, terminal]).toEqual(["0", "/www", "green s3cret xterm-256color", "terminal"]);
      expect(client.handshake).toMatchObject({
        AgentVersion: expect.stringMatching(/^3\./),
        RequestedClientActions: [
          { ActionType: "SessionType", ActionParameters: { SessionType: "InteractiveCommands" } },
        ],
      });
    });

    test("a shell has the client's size, is resized and interrupted, and ends by exit", async () => {
      const client = await open(task, "/bin/sh", { cols: 91, rows: 33 });
      await client.shows("# ");
      client.type("busybox stty size\r");
      await client.shows("33 91");
      client.resize({ cols: 132, rows: 50 });
      client.type("busybox stty size\r");
      await client.shows("50 132");
      client.type(`sh -c 'echo slee""ping; exec sleep 100'\r`);
      await client.shows("sleeping");
      client.type("\x03");
      await client.shows("^C");
      client.type("echo aw''ake\r");
      await client.shows("awake");
      client.type("exit\r");
      expect(await client.closed).toBe("");
    });

    test("10 MB of output arrive intact, while two sessions go on and one is held up", async () => {
      const client = await open(task, "sh");
      const beside = await open(task, "sh");
      await client.shows("# ");
      beside.type("echo here''we\r");
      await beside.shows("herewe");
      // From a file, in large pieces: an interactive BusyBox prints line by line, which takes long.
      client.type("sh -c 'seq 1 1000000 >/tmp/x'; busybox dd bs=64k if=/tmp/x 2>/dev/null; echo do''ne\r");
      await client.shows("\r\n100\r\n");
      client.publication("pause_publication");
      beside.type("echo st''ill\r");
      await beside.shows("still");
      client.publication("start_publication");
      await until(() => client.pieces.slice(-5).join("").includes("done"), 200_000, "the end of the output");
      const expected = Array.from({ length: 1_000_000 }, (_, index) => `${index + 1}\r\n`).join("");
      const { text } = client;
      expect(text.slice(text.indexOf("\r\n1\r\n2\r\n") + 2, text.indexOf("done")) === expected).toBe(true);
      client.terminate();
      beside.type("exit\r");
      expect(await Promise.all([client.closed, beside.closed])).toEqual(["", ""]);
    }, 300_000);

    test("a program that is not there, or a command that has no end, is told", async () => {
      const missing = await open(task, "bash -l");
      expect(await missing.closed).toBe(
        'Unable to start command: Failed to start pty: exec: "bash": executable file not found in $PATH',
      );
      const path = await open(task, "/bin/bash");
      expect(await path.closed).toBe(
        "Unable to start command: Failed to start pty: fork/exec /bin/bash: no such file or directory",
      );
      await expect(execute(task, "sh -c 'echo")).rejects.toMatchObject({ name: "InvalidParameterException" });
    });

    test("a token is good for one connection to its own session", async () => {
      const { session: mine } = await execute(task, "sleep 4001");
      const { session: theirs } = await execute(task, "sleep 4002");
      await expect(ExecClient.open({ ...mine, tokenValue: theirs!.tokenValue })).rejects.toThrow("closed with 1008");
      await expect(ExecClient.open({ ...mine, tokenValue: "" })).rejects.toThrow("closed with 1008");
      const client = await ExecClient.open(mine!);
      await expect(ExecClient.open(mine!)).rejects.toThrow("closed with 1008");
      const unknown = mine!.streamUrl!.replace(/command-\w+/, "command-00000000000000000");
      await expect(ExecClient.open({ ...mine, streamUrl: unknown })).rejects.toThrow("404");
      const elsewhere = mine!.streamUrl!.replace("/v1/data-channel/", "/v1/other/");
      await expect(ExecClient.open({ ...mine, streamUrl: elsewhere })).rejects.toThrow("404");
      await ssm.send(new TerminateSessionCommand({ SessionId: mine!.sessionId }));
      expect(await client.closed).toBe("");
      await ssm.send(new TerminateSessionCommand({ SessionId: theirs!.sessionId }));
      await expect(ExecClient.open(theirs!)).rejects.toThrow("404");
      expect(await processes(task)).not.toMatch(/sleep 400[12]/);
    });

    test("a lost connection is resumed without a gap; a client that stays away takes its program with it", async () => {
      const { session: access } = await execute(
        task,
        "sh -c 'for i in $(seq 1 60); do echo line $i; sleep 0.02; done; sleep 4003'",
      );
      const beside = await open(task, "sh");
      await beside.shows("# ");
      const gone = await open(task, "sh -c 'echo here; sleep 4004; true'");
      await gone.shows("here");
      gone.drop();
      beside.type("busybox ps -o args; echo li''sted\r"); // a session of its own might come too late
      await beside.shows("listed");
      expect(beside.text).toMatch(/sleep 4004/);
      beside.terminate();
      const client = await ExecClient.open(access!);
      await client.shows("line 10\r");
      client.drop();
      const { TokenValue } = await ssm.send(new ResumeSessionCommand({ SessionId: access!.sessionId }));
      await client.resume(TokenValue!);
      await client.shows("line 60\r");
      expect(client.text).toBe(Array.from({ length: 60 }, (_, index) => `line ${index + 1}\r\n`).join(""));
      await until(
        async () => !(await processes(task)).includes("sleep 4004"),
        60_000,
        "the end of the lost client's program",
      );
      expect(await processes(task)).toContain("sleep 4003");
      client.terminate();
      expect(await client.closed).toBe("");
      await until(async () => !(await processes(task)).includes("sleep 4003"), 60_000, "the end of the program");
      const over = await ssm.send(new ResumeSessionCommand({ SessionId: access!.sessionId }));
      expect(over.TokenValue).toBeUndefined();
      await expect(ssm.send(new ResumeSessionCommand({ SessionId: "no-such" }))).rejects.toMatchObject({
        name: "DoesNotExistException",
      });
    });
  });

  test("a restart of the engine ends sessions with a word to their clients", async () => {
    expect(await before.closed).toBe("");
    expect(await processes(tasks[first])).not.toContain("4007");
  });

  describe("of the API", () => {
    let task: Task;
    beforeAll(() => void (task = tasks[first]));

    test("the AWS CLI hands a session to session-manager-plugin", async () => {
      const args = ["ecs", "execute-command", "--cluster", CLUSTER, "--task", task.taskArn!, "--container", "app"];
      const cli = spawn(
        "/usr/bin/aws",
        [
          "--endpoint-url",
          engine.endpoint,
          ...args,
          "--interactive",
          "--command",
          "sh -c 'echo Hello from $COLOUR; read word; echo $word'",
        ],
        { env: { ...engine.env, PATH: `${plugin}:${process.env["PATH"]}` }, stdio: ["pipe", "pipe", "inherit"] },
      );
      let printed = "";
      cli.stdout.on("data", (bytes: Buffer) => (printed += bytes.toString()));
      cli.stdin.write("typed\r");
      const code = await new Promise((resolve) => cli.once("close", resolve));
      expect(printed).toContain("Hello from green");
      expect(printed).toContain("\r\ntyped\r\n");
      const [, taskId] = /task\/test\/(\w+)/.exec(task.taskArn!)!;
      const { runtimeId } = task.containers![0]!;
      expect(printed).toContain(
        `{"region":"${engine.region}","operation":"StartSession","profile":"","Target":"ecs:${CLUSTER}_${taskId}_${runtimeId}","endpoint":"${engine.endpoint}"}`,
      );
      expect(printed).toMatch(/Exiting session with sessionId: ecs-execute-command-\w+\./);
      expect(code).toBe(0);
    });

    test("ExecuteCommand refuses as ECS does", async () => {
      const refused = async (call: Promise<unknown>, name: string, message: string) =>
        await expect(call).rejects.toMatchObject({ name, message });
      await refused(
        execute(task, "sh", { interactive: false }),
        "InvalidParameterException",
        "Interactive is the only mode supported currently.",
      );
      await refused(execute(other, "sh"), "InvalidParameterException", NOT_ENABLED);
      await refused(execute(silent, "sh"), "TargetNotConnectedException", NOT_CONNECTED);
      await refused(execute(task, "sh", { container: "app1" }), "TargetNotConnectedException", NOT_CONNECTED);
      await refused(execute(task, "sh", { cluster: "nope" }), "ClusterNotFoundException", "Cluster not found.");
      await expect(execute(task, "sh", { container: "nope" })).rejects.toMatchObject({
        name: "InvalidParameterException",
      });
      await expect(execute(task, "sh", { container: undefined })).rejects.toMatchObject({
        name: "InvalidParameterException",
      });
      await refused(
        execute({ taskArn: task.taskArn!.replace(/\w+$/, "0".repeat(32)) }, "sh"),
        "InvalidParameterException",
        "The referenced task was not found.",
      );
      const roleless = await fargate.define([{ image: "busybox" }]);
      await expect(fargate.run(roleless, { enableExecuteCommand: true })).rejects.toMatchObject({
        name: "InvalidParameterException",
        message: expect.stringContaining("because a valid taskRoleArn is not being used."),
      });
      await refused(
        fargate.clients.ecs.send(
          new CreateServiceCommand({
            cluster: CLUSTER,
            serviceName: "roleless",
            taskDefinition: roleless,
            desiredCount: 0,
            launchType: "FARGATE",
            networkConfiguration: fargate.network(),
            enableExecuteCommand: true,
          }),
        ),
        "InvalidParameterException",
        "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
      );
      const service = await fargate.clients.ecs.send(
        new CreateServiceCommand({
          cluster: CLUSTER,
          serviceName: "enabled",
          taskDefinition: task.taskDefinitionArn,
          desiredCount: 0,
          launchType: "FARGATE",
          networkConfiguration: fargate.network(),
          enableExecuteCommand: true,
        }),
      );
      expect(service.service!.enableExecuteCommand).toBe(true);
    });

    test("who may execute commands is a matter of policies", async () => {
      const iam = iamClient(engine);
      await iam.send(new CreateUserCommand({ UserName: "operator" }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "operator" }));
      const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
      const allow = async (container: string) =>
        await iam.send(
          new PutUserPolicyCommand({
            UserName: "operator",
            PolicyName: "exec",
            PolicyDocument: policyDocument({
              Effect: "Allow",
              Action: "ecs:ExecuteCommand",
              Resource: [task.clusterArn!, task.taskArn!],
              Condition: { StringEquals: { "ecs:container-name": container } },
            }),
          }),
        );
      const { ecs } = engine.clients(credentials);
      const call = () =>
        ecs.send(
          new ExecuteCommandCommand({
            cluster: CLUSTER,
            task: task.taskArn,
            container: "app",
            interactive: true,
            command: "true",
          }),
        );
      await expect(call()).rejects.toMatchObject({ name: "AccessDeniedException" });
      await allow("app1");
      await expect(call()).rejects.toMatchObject({ name: "AccessDeniedException" });
      await allow("app");
      const { session: access } = await call();
      await ssm.send(new TerminateSessionCommand({ SessionId: access!.sessionId }));
    });
  });
});

test("a role that gets its rights later lets the agent connect", async () => {
  await iamClient(engine).send(
    new PutRolePolicyCommand({
      RoleName: "silent",
      PolicyName: "more",
      PolicyDocument: policyDocument({ Effect: "Allow", Action: "ssmmessages:*", Resource: ALL }),
    }),
  );
  const { session: access } = await execute(silent, "echo connected", { container: undefined });
  const client = await ExecClient.open(access!);
  expect(await client.closed).toBe("");
  expect(client.text).toBe("connected\r\n");
  expect((await agents(silent))[0]).toMatchObject({ lastStatus: "RUNNING" });
});

test("transcripts go where the cluster says", async () => {
  const { ecs, logs } = fargate.clients;
  const events = async (logGroupName: string, sessionId: string) => {
    const query = { logGroupName, logStreamNames: [sessionId] };
    const messages: (string | undefined)[] = [];
    for await (const page of paginateFilterLogEvents({ client: logs }, query))
      messages.push(...page.events!.map((event) => event.message));
    return messages;
  };
  const recorded = async (command: string) => {
    const client = await open(tasks[first], command);
    const closed = await client.closed;
    return { closed, sessionId: client.access.sessionId! };
  };
  const configure = (executeCommandConfiguration: object) =>
    ecs.send(new UpdateClusterCommand({ cluster: CLUSTER, configuration: { executeCommandConfiguration } }));
  const standard = await recorded("echo by default");
  expect(await events("/test", standard.sessionId)).toEqual(["by default"]);

  await expect(configure({ logging: "NONE", logConfiguration: { s3BucketName: BUCKET } })).rejects.toMatchObject({
    name: "InvalidParameterException",
    message: "You must set logging to 'OVERRIDE' when you supply a log configuration.",
  });
  await expect(configure({ logging: "OVERRIDE" })).rejects.toMatchObject({ name: "InvalidParameterException" });
  await expect(configure({ kmsKeyId: "alias/x" })).rejects.toMatchObject({ name: "InvalidParameterException" });
  const logConfiguration = {
    cloudWatchLogGroupName: AUDIT,
    s3BucketName: BUCKET,
    s3EncryptionEnabled: true,
    s3KeyPrefix: "all/",
  };
  const configuration = { executeCommandConfiguration: { logging: "OVERRIDE" as const, logConfiguration } };
  const { cluster } = await ecs.send(new UpdateClusterCommand({ cluster: CLUSTER, configuration }));
  expect(cluster!.configuration).toEqual(configuration);
  const described = await ecs.send(new DescribeClustersCommand({ clusters: [CLUSTER], include: ["CONFIGURATIONS"] }));
  expect(described.clusters![0]!.configuration).toEqual(configuration);
  const made = await ecs.send(new CreateClusterCommand({ clusterName: "audited", configuration }));
  expect(made.cluster!.configuration).toEqual(configuration);
  const audited = await recorded(
    "sh -c 'echo one; echo two; head -c 6000000 /dev/zero | busybox tr \"\\0\" x; echo; echo end'",
  );
  const lines = (await events(AUDIT, audited.sessionId)).join("\n");
  expect(lines.startsWith("one\ntwo\nxxx")).toBe(true);
  expect(lines.endsWith("\nend")).toBe(true);
  const object = await s3Client(engine).send(
    new GetObjectCommand({ Bucket: BUCKET, Key: `all/${audited.sessionId}.log` }),
  );
  const text = await object.Body!.transformToString();
  expect(text.length).toBe("one\r\ntwo\r\n\r\nend\r\n".length + 6_000_000);

  await configure({
    logging: "OVERRIDE",
    logConfiguration: { cloudWatchLogGroupName: AUDIT, cloudWatchEncryptionEnabled: true },
  });
  expect((await recorded("echo never")).closed).toMatch(
    /^We couldn't start the session because encryption is not set up/,
  );
  await configure({ logging: "OVERRIDE", logConfiguration: { cloudWatchLogGroupName: "/no/such" } });
  expect((await recorded("echo unseen")).closed).toBe("");
  await configure({ logging: "NONE" });
  const unlogged = await recorded("echo unseen");
  await expect(events("/test", unlogged.sessionId)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("the end of the container ends its sessions", async () => {
  const { session: access } = await execute(silent, "sh", { container: undefined });
  const client = await ExecClient.open(access!);
  await client.shows("# ");
  const [stopped] = await fargate.stop([silent]);
  expect(await client.closed).toBe("");
  expect(stopped!.containers![0]!.managedAgents![0]).toMatchObject({
    lastStatus: "STOPPED",
    reason: "Received Container Stopped event",
  });
  await expect(execute(silent, "sh")).rejects.toMatchObject({ message: NOT_ENABLED });
});

test("a killed engine leaves no program", async () => {
  const all = Object.values(tasks);
  const clients = await Promise.all(
    all.flatMap((task) => [
      open(task, "sh -c 'trap \"\" HUP; while :; do sleep 0.1; done #4005'"),
      open(task, "sh -c 'sleep 4006; true'"),
    ]),
  );
  await engine.kill();
  await Promise.all(clients.map((client) => expect(client.closed).rejects.toThrow("closed with 1006")));
  await engine.up();
  for (const task of all) {
    expect(await processes(task)).not.toMatch(/400[56]/);
    await until(async () => !(await processes(task)).includes("sleep 0.1"), 10_000, "the end of its last child");
  }
});

/** A folder with a program of the plugin's name. */
function fakePlugin(): string {
  const folder = mkdtempSync(join(tmpdir(), "neargate-plugin-"));
  const script = join(import.meta.dirname, "../support/session-manager-plugin-child.ts");
  writeFileSync(join(folder, "session-manager-plugin"), `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(join(folder, "session-manager-plugin"), 0o755);
  return folder;
}
