import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ContainerDefinition, Task } from "@aws-sdk/client-ecs";
import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { nodeRoot } from "../support/images.ts";
import { iamClient, policyDocument } from "../support/roles.ts";
import { testTier } from "../support/tiers.ts";
import { ageContainers } from "./task-fields-store.ts";
import { TestCollector, type CollectedEvent, type RouterEvent } from "./firelens-app/log-receivers.ts";

let engine: TestEngine;
let fargate: Fargate;
let busybox: string;
let router: string;
const collector = new TestCollector();

beforeAll(async () => {
  await collector.listen();
  engine = await TestEngine.start(["--isolation", testTier()]);
  fargate = await Fargate.prepare(engine);
  const source = (path: string) => readFileSync(join(import.meta.dirname, path), "utf8");
  const root = await nodeRoot({
    "app/router.ts": source("firelens-app/router-child.ts"),
    "app/log-receivers.ts": source("firelens-app/log-receivers.ts"),
    "app/package.json": '{"type":"module"}',
  });
  try {
    [router, busybox] = await Promise.all([
      fargate.push("router", root, { Entrypoint: ["node", "/app/router.ts"] }),
      fargate.pushBusybox(),
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
}, 120_000);
afterAll(async () => {
  await engine?.stop();
  await collector.close();
});

interface Said {
  what: "configuration" | "event" | "listening" | "stopping";
  value: unknown;
}

/** All that the router of a task printed. */
async function said(task: Task): Promise<Said[]> {
  return (await fargate.lines(task, "router")).map((line) => JSON.parse(line) as Said);
}

async function eventsOf(task: Task): Promise<RouterEvent[]> {
  return (await said(task)).filter(({ what }) => what === "event").map(({ value }) => value as RouterEvent);
}

function shell(command: string, more: Partial<ContainerDefinition> = {}): Partial<ContainerDefinition> {
  return { image: busybox, entryPoint: ["sh", "-c"], command: [command], ...more };
}

const firelens = (options: Record<string, string> = {}): Partial<ContainerDefinition> => ({
  logConfiguration: { logDriver: "awsfirelens", options },
});

test("a router gets what the others print, over a kill of the control plane and of itself, up to their last words", async () => {
  // [tag, 1, {"log": "by tcp"}]
  const message = "\\223\\244mine\\001\\201\\243log\\246by tcp";
  const definition = await fargate.define(
    [
      shell(
        `trap 'echo last words; exit 0' TERM
         echo "$FLUENT_HOST:$FLUENT_PORT"; echo problem >&2; printf '\\377\\n'
         refused() { wget -q -O /dev/null http://169.254.170.2 2>&1 | grep -q refused; }
         (until refused; do sleep 0.2; done; while refused; do sleep 0.2; done; echo 'router, die') &
         until printf '${message}' | nc "$FLUENT_HOST" "$FLUENT_PORT"; do sleep 0.1; done
         i=0; while :; do echo "tick $i"; i=$((i+1)); sleep 0.1; done`,
        { ...firelens({ Name: "cloudwatch", "include-pattern": "tick", region: "r" }), stopTimeout: 30 },
      ),
      {
        name: "router",
        image: router,
        essential: false,
        stopTimeout: 30,
        restartPolicy: { enabled: true },
        firelensConfiguration: {
          type: "fluentbit",
          options: { "config-file-type": "file", "config-file-value": "/x" },
        },
      },
    ],
    { cpu: "512", memory: "1024" },
  );
  const [task] = (await fargate.start(definition)) as [Task];
  const id = task.taskArn!.split("/").at(-1)!;
  const logs = async () => (await eventsOf(task)).map(({ record }) => record["log"]);
  await until(async () => (await logs()).includes("tick 5"));
  // What is read later than this is sent once it is noted that this was.
  const noted = Date.now();
  await until(async () => (await eventsOf(task)).some(({ time }) => time > noted));
  await engine.kill();
  await ageContainers(engine.dataFolder, task.taskArn!, 300_000); // the router is restarted from then on
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await engine.up();
  await until(async () => (await said(task)).filter(({ what }) => what === "listening").length === 2);
  const seen = (await logs()).length;
  await until(async () => (await logs()).length > seen + 12);
  const [stopped] = await fargate.stop([task]);
  expect(stopped!.containers!.map(({ name, exitCode }) => [name, exitCode])).toEqual([
    ["app", 0],
    ["router", 0],
  ]);
  const all = await said(task);
  expect(all.slice(0, 2).map(({ what }) => what)).toEqual(["configuration", "listening"]);
  expect(all[0]!.value).toContain(`    Record ecs_task_arn ${task.taskArn}\n`);
  expect(all[0]!.value).toContain("@INCLUDE /x\n\n[OUTPUT]\n    Name null\n    Match firelens-healthcheck\n");
  expect(all[0]!.value).toContain("[OUTPUT]\n    Name cloudwatch\n    Match app-firelens*\n    region r\n");
  expect(all.at(-1)!.what).toBe("stopping");
  const events = await eventsOf(task);
  const tagged = events.filter(({ tag }) => tag === `app-firelens-${id}`).map(({ record }) => record);
  const lines = tagged.filter((record) => record["source"] === "stdout").map((record) => record["log"]!);
  expect([lines[0], lines[1], lines.at(-1)]).toEqual(["127.0.0.1:24224", "\ufffd", "last words"]);
  expect(events.filter(({ tag }) => tag === "mine").map(({ record }) => record)).toEqual([{ log: "by tcp" }]);
  const ticks = lines.slice(2, -1).filter((line) => line !== "router, die");
  // What was sent and not yet noted at the kill is sent again: everything comes, in its order, and that may come twice.
  const once = [...new Set(ticks)];
  expect(once).toEqual(once.map((_, i) => `tick ${i}`));
  expect(ticks.filter((tick) => tick === "tick 0")).toHaveLength(1);
  expect(tagged.find((record) => record["source"] === "stderr")).toEqual({
    container_id: stopped!.containers!.find(({ name }) => name === "app")!.runtimeId,
    container_name: "app",
    source: "stderr",
    log: "problem",
  });
});

test("the other drivers: each of their options does what it says", async () => {
  const awslogs = (options: Record<string, string>): Partial<ContainerDefinition> => ({
    logConfiguration: {
      logDriver: "awslogs",
      options: { "awslogs-region": engine.region, "awslogs-stream-prefix": "p", ...options },
    },
  });
  const splunk = (options: Record<string, string>): Partial<ContainerDefinition> => ({
    environment: [
      { name: "STAGE", value: "test" },
      { name: "OTHER", value: "x" },
    ],
    dockerLabels: { team: "blue" },
    logConfiguration: {
      logDriver: "splunk",
      options: { "splunk-url": collector.url, ...options },
      secretOptions: [{ name: "splunk-token", valueFrom: "token" }],
    },
  });
  const { endpoint, region, credentials } = engine;
  await new SSMClient({ endpoint, region, credentials }).send(
    new PutParameterCommand({ Name: "token", Type: "SecureString", Value: "very-secret-token" }),
  );
  await iamClient(engine).send(
    new PutRolePolicyCommand({
      RoleName: "ecsTaskExecutionRole",
      PolicyName: "logs",
      PolicyDocument: policyDocument({
        Effect: "Allow",
        Action: ["ssm:GetParameters", "logs:CreateLogGroup"],
        Resource: "*",
      }),
    }),
  );
  const run = async (...containers: Partial<ContainerDefinition>[]) => {
    const [task] = await fargate.run(await fargate.define(containers));
    return (await fargate.reach([task!], "STOPPED"))[0]!;
  };
  const trace = "printf '2024-11-21 a\\n  at b\\n  at c\\n2024-11-22 d\\n'";
  const [made, missing, pattern, sent, unreachable, silent] = await Promise.all([
    run(
      shell(
        trace,
        awslogs({ "awslogs-group": "/made", "awslogs-create-group": "true", "awslogs-datetime-format": "%Y-%m-%d" }),
      ),
    ),
    run(shell("echo no", awslogs({ "awslogs-group": "/missing" }))),
    run(
      shell(
        "echo no",
        awslogs({ "awslogs-group": "/made2", "awslogs-create-group": "true", "awslogs-multiline-pattern": "(" }),
      ),
    ),
    run(
      shell("echo hello", splunk({ tag: "{{.Name}}/{{.FullID}}", labels: "team", env: "STAGE", "splunk-source": "s" })),
    ),
    run(shell("echo no", splunk({ "splunk-url": "http://127.0.0.1:9" }))),
    run(shell("echo lost", { logConfiguration: undefined })),
  ]);
  const { events } = await fargate.clients.logs.send(new FilterLogEventsCommand({ logGroupName: "/made" }));
  expect(events!.map(({ message, logStreamName }) => [logStreamName, message])).toEqual([
    [`p/app/${made.taskArn!.split("/").at(-1)}`, "2024-11-21 a\n  at b\n  at c\n"],
    [`p/app/${made.taskArn!.split("/").at(-1)}`, "2024-11-22 d\n"],
  ]);
  const driver = "ResourceInitializationError: failed to initialize logging driver: ";
  expect(missing.stoppedReason).toBe(
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1",
  );
  expect(pattern.stoppedReason).toBe(
    `${driver}unable to create stream: awslogs could not parse multiline pattern key "(": error parsing regexp: missing closing ): \`(\``,
  );
  expect(unreachable.stoppedReason).toMatch(`${driver}unable to create stream: connect ECONNREFUSED`);
  expect(silent.containers![0]!.exitCode).toBe(0);
  const [event] = collector.events as [CollectedEvent];
  const runtimeId = sent.containers![0]!.runtimeId;
  expect(event.event).toEqual({
    line: "hello",
    source: "stdout",
    tag: `app/${runtimeId}`,
    attrs: { team: "blue", STAGE: "test" },
  });
  expect(event).toMatchObject({ source: "s", host: expect.stringMatching(/^ip-/) });
  expect(collector.requests[0]!.method).toBe("OPTIONS");
  expect(collector.requests[1]!.headers.authorization).toBe("Splunk very-secret-token");
  expect(readFileSync(join(engine.dataFolder, "engine.log"), "utf8")).not.toContain("very-secret-token");
});
