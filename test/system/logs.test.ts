import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  InvalidParameterException,
  paginateDescribeLogStreams,
  paginateFilterLogEvents,
  paginateGetLogEvents,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../src/base/command.ts";
import { logsService } from "../../src/services/logs/service.ts";
import { startTestServer, TEST_ACCOUNT, TEST_KEY, type TestServer } from "../../src/wire/test-server.ts";
import { until } from "../support/engine.ts";
import { scope, startLogsEngine, type LogsEngine } from "./logs-engine.ts";

let folder: string;
let engine: LogsEngine;
let server: TestServer;
let sdk: CloudWatchLogsClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-logs-api-"));
  engine = await startLogsEngine(folder);
  server = await startTestServer([logsService(engine.logs)]);
  sdk = new CloudWatchLogsClient({ ...server.client, region: scope.region });
  expect(scope.account).toBe(TEST_ACCOUNT);
});
afterAll(async () => {
  sdk.destroy();
  await server.close();
  await engine.stop();
  rmSync(folder, { recursive: true });
});

function clientEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: "/usr/bin:/bin",
    HOME: folder,
    AWS_ACCESS_KEY_ID: TEST_KEY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: TEST_KEY.secretAccessKey,
    AWS_DEFAULT_REGION: scope.region,
    AWS_MAX_ATTEMPTS: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    PYTHONUNBUFFERED: "1",
  };
}

async function aws(...args: string[]): Promise<string> {
  const all = ["--endpoint-url", server.endpoint, "--no-cli-pager", "--output", "json", "logs", ...args];
  return (await run("/usr/bin/aws", all, { env: clientEnvironment() })).stdout;
}

async function makeGroup(logGroupName: string, ...streams: string[]): Promise<void> {
  await sdk.send(new CreateLogGroupCommand({ logGroupName, tags: { made: "by test" } }));
  for (const logStreamName of streams) await sdk.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
}

async function put(logGroupName: string, logStreamName: string, lines: string[], from = Date.now()): Promise<void> {
  const logEvents = lines.map((message, i) => ({ timestamp: from + i, message }));
  await sdk.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

test("the SDK for JavaScript pages through everything and knows the errors", async () => {
  await makeGroup("/js", "a", "b");
  const lines = Array.from({ length: 250 }, (_, i) => `line ${i}`);
  await put("/js", "a", lines);
  const got: (string | undefined)[] = [];
  const read = { logGroupName: "/js", logStreamName: "a", startFromHead: true, limit: 100 };
  for await (const page of paginateGetLogEvents({ client: sdk, stopOnSameToken: true }, read))
    got.push(...page.events!.map((event) => event.message));
  expect(got).toEqual(lines);
  const filtered: (string | undefined)[] = [];
  const search = { logGroupName: "/js", filterPattern: '"line 1"', limit: 7 };
  for await (const page of paginateFilterLogEvents({ client: sdk }, search))
    filtered.push(...page.events!.map((event) => event.message));
  expect(filtered).toEqual(lines.filter((line) => line.startsWith("line 1")));
  const streams: (string | undefined)[] = [];
  for await (const page of paginateDescribeLogStreams({ client: sdk, pageSize: 1 }, { logGroupName: "/js" }))
    streams.push(...page.logStreams!.map((stream) => stream.logStreamName));
  expect(streams).toEqual(["a", "b"]);
  await expect(makeGroup("/js")).rejects.toThrow(ResourceAlreadyExistsException);
  await expect(sdk.send(new DescribeLogGroupsCommand({ limit: 51 }))).rejects.toThrow(InvalidParameterException);
});

test("boto3 does the whole round", async () => {
  const script = `
import boto3, json, sys, time
logs = boto3.client("logs", endpoint_url=sys.argv[1])
logs.create_log_group(logGroupName="/boto", tags={"team": "blue"})
logs.put_retention_policy(logGroupName="/boto", retentionInDays=7)
logs.create_log_stream(logGroupName="/boto", logStreamName="s")
now = int(time.time() * 1000)
put = logs.put_log_events(logGroupName="/boto", logStreamName="s", logEvents=[
  {"timestamp": now - 20 * 86400000, "message": "too old"},
  {"timestamp": now, "message": json.dumps({"level": "error", "code": 500})},
  {"timestamp": now + 1, "message": json.dumps({"level": "info", "text": "日本 🙀 \\x00 \\x1b[1m"})},
])
group = logs.describe_log_groups(logGroupNamePrefix="/boto")["logGroups"][0]
pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/boto", filterPattern='{ $.level = "error" && $.code >= 500 }')
errors = [event["message"] for page in pages for event in page["events"]]
try:
  logs.get_log_events(logGroupName="/boto", logStreamName="none")
except logs.exceptions.ResourceNotFoundException as error:
  missing = error.response["Error"]["Message"]
try:
  logs.filter_log_events(logGroupName="/boto", filterPattern="[a, b")
except logs.exceptions.InvalidParameterException as error:
  pattern = error.response["Error"]["Message"]
tags = logs.list_tags_for_resource(resourceArn=group["arn"][:-2])["tags"]
messages = [json.loads(event["message"]) for event in logs.get_log_events(logGroupName="/boto", logStreamName="s")["events"]]
logs.delete_log_group(logGroupName="/boto")
print(json.dumps({
  "rejected": put["rejectedLogEventsInfo"], "retention": group["retentionInDays"], "arn": group["arn"], "tags": tags,
  "errors": errors,
  "missing": missing, "pattern": pattern, "messages": messages,
  "left": logs.describe_log_groups(logGroupNamePrefix="/boto")["logGroups"],
}))`;
  const { stdout } = await run("/usr/bin/python3", ["-c", script, server.endpoint], { env: clientEnvironment() });
  expect(JSON.parse(stdout)).toEqual({
    rejected: { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 1 },
    retention: 7,
    arn: `arn:aws:logs:${scope.region}:${scope.account}:log-group:/boto:*`,
    tags: { team: "blue" },
    errors: ['{"level": "error", "code": 500}'],
    missing: "The specified log stream does not exist.",
    pattern: "Invalid filter pattern: If a filter pattern starts with '[' it must end with ']'",
    messages: [
      { level: "error", code: 500 },
      { level: "info", text: "日本 🙀 \u0000 \u001b[1m" },
    ],
    left: [],
  });
});

test("the AWS CLI filters and tails", async () => {
  await makeGroup("/cli", "web/app/1", "web/app/2");
  await put("/cli", "web/app/1", ["GET / 200", "GET /x 404"], Date.now() - 5000);
  await put("/cli", "web/app/2", ["POST / 500"], Date.now() - 4000);
  const filtered = JSON.parse(
    await aws(
      "filter-log-events",
      "--log-group-name",
      "/cli",
      "--filter-pattern",
      "[..., status >= 400]",
      "--page-size",
      "1",
    ),
  ) as { events: { message: string; logStreamName: string }[] };
  expect(filtered.events.map((event) => [event.logStreamName, event.message])).toEqual([
    ["web/app/1", "GET /x 404"],
    ["web/app/2", "POST / 500"],
  ]);
  const tailed = (await aws("tail", "/cli", "--since", "1m", "--format", "short")).trimEnd().split("\n");
  expect(tailed.map((line) => line.replace(/^\S+ /, ""))).toEqual(["GET / 200", "GET /x 404", "POST / 500"]);
  await expect(aws("tail", "/nothing")).rejects.toThrow("The specified log group does not exist.");
});

test("aws logs tail --follow shows what several containers write, each line once, in order", async () => {
  const streams = ["web/app/1", "web/app/2", "web/app/3"];
  await makeGroup("/follow", ...streams);
  for (const stream of streams) await engine.logs.sink.ensureStream(scope, "/follow", stream, false);
  const args = ["--endpoint-url", server.endpoint, "logs", "tail", "/follow", "--follow", "--format", "short"];
  const tail = spawn("/usr/bin/aws", args, { env: clientEnvironment(), stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  tail.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const written: string[] = [];
  const messageFrom = (stream: string) => `${stream} says ${written.length}`;
  const write = async () => {
    for (const stream of streams) {
      const events = [{ timestamp: Date.now(), message: messageFrom(stream) }];
      written.push(events[0]!.message);
      await engine.logs.sink.append(scope, "/follow", stream, events, { source: stream, offset: written.length });
    }
  };
  const isShown = (message: string) => output.includes(` ${message}\n`) || tail.exitCode !== null;
  // It asks every 5 seconds: three answers while there is more to come, each of which goes on where the last ended.
  for (let answers = 0; answers < 3; answers++)
    for (const next = messageFrom(streams[0]!); !isShown(next); await sleep(3)) await write();
  await until(() => isShown(written.at(-1)!), 60_000, "the last line");
  tail.kill("SIGINT");
  await once(tail, "close");
  const shown = output.trimEnd().split("\n");
  expect(shown.map((line) => line.replace(/^\S+ /, ""))).toEqual(written);
});
