import { PutClusterCapacityProvidersCommand, RunTaskCommand, type RunTaskCommandOutput } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../support/command.ts";
import { TestEngine } from "../../support/engine.ts";
import { CLUSTER, Fargate } from "../../support/fargate.ts";

/* With --throttling on: requests and launches beyond what AWS publishes, as stock clients see them. */

let engine: TestEngine;
let fargate: Fargate;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated", "--throttling", "on"]);
  fargate = await Fargate.prepare(engine);
});
afterAll(() => engine?.stop());

const tooFast = { name: "ThrottlingException", message: "Rate exceeded", $metadata: { httpStatusCode: 400 } };

/** Asks for what takes a token and changes nothing, until its bucket of ten is empty: one comes back each second. */
const SCRIPT = `
import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

def client(mode, attempts):
    config = Config(retries={"mode": mode, "total_max_attempts": attempts})
    return boto3.client("ecs", endpoint_url=os.environ["AWS_ENDPOINT_URL"], config=config)

def ask(ecs):
    return ecs.delete_account_setting(name="containerInsights")["ResponseMetadata"]["RetryAttempts"]

once, *patient = client("standard", 1), client("standard", 9), client("legacy", 9)
began, allowed = time.monotonic(), 0
try:
    while True:
        ask(once)
        allowed += 1
except ClientError as error:
    print(error.response["Error"]["Code"], error.response["Error"]["Message"])
assert 10 <= allowed <= 11 + (time.monotonic() - began), allowed
for ecs in patient:
    while ask(ecs) == 0:
        pass
    print(ecs.meta.config.retries["mode"], "waited")
`;

test("boto3 is told, and with its own retries waits until it may", async () => {
  expect(await run("/usr/bin/python3", ["-c", SCRIPT], { env: engine.env })).toBe(
    "ThrottlingException Rate exceeded\nstandard waited\nlegacy waited\n",
  );
});

test("Fargate starts a hundred tasks at once and no more, Spot apart", async () => {
  const taskDefinition = await fargate.define([{ image: "web:1" }]);
  const launch = (more: object) =>
    fargate.clients.ecs.send(
      new RunTaskCommand({
        cluster: CLUSTER,
        taskDefinition,
        networkConfiguration: fargate.network(),
        count: 10,
        ...more,
      }),
    );
  const onDemand = () => launch({ launchType: "FARGATE" });
  const spot = { capacityProvider: "FARGATE_SPOT", weight: 1 };
  await fargate.clients.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: CLUSTER,
      capacityProviders: ["FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [],
    }),
  );
  const started: PromiseSettledResult<RunTaskCommandOutput>[] = [];
  const refused = () => started.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  // Twenty come back each second: a machine that needs four for these is asked again.
  const began = performance.now();
  while (!refused().length) started.push(...(await Promise.allSettled(Array.from({ length: 18 }, onDemand))));
  const cameBack = (20 * (performance.now() - began)) / 1000;
  const tasks = started.flatMap((one) => (one.status === "fulfilled" ? one.value.tasks! : []));
  expect(tasks.length).toBeGreaterThanOrEqual(100);
  expect(tasks.length).toBeLessThanOrEqual(100 + cameBack);
  for (const cause of refused()) expect(cause).toMatchObject(tooFast);
  expect((await launch({ capacityProviderStrategy: [spot] })).tasks).toHaveLength(10);
});
