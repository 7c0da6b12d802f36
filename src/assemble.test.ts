import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  ECSClient,
  ListClustersCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FrontDoorServer } from "./admin/front-door-server.ts";
import { assemble } from "./assemble.ts";
import { createLogger } from "./base/log.ts";
import type { Engine } from "./engine.ts";

let folder: string;
let engine: Engine;
let door: FrontDoorServer;
let endpoint: string;
let ecs: ECSClient;
let ec2: EC2Client;

/** The file of the simulated containers. */
const journal = () => join(folder, "simulated.jsonl");
const stray = {
  id: "0123456789abcdef0123456789abcdef-1",
  taskId: "0123456789abcdef0123456789abcdef",
  image: "x",
  digest: "sha256:0",
  status: "running",
  oomKilled: false,
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-assemble-"));
  writeFileSync(journal(), `${JSON.stringify([stray.id, stray])}\n`);
  door = new FrontDoorServer();
  const port = await door.listen(0);
  endpoint = `http://127.0.0.1:${port}`;
  engine = await assemble(
    {
      dataFolder: folder,
      runFolder: join(folder, "run"),
      instance: "abcdef",
      port,
      account: "000000000000",
      region: "us-east-1",
      compute: "simulated",
      simulatedScript: undefined,
      isolation: "runc",
      providerIsolation: undefined,
      userNamespaces: "off",
      encryptStorage: false,
      efsNfs: undefined,
      lazyImages: false,
      auth: false,
      throttling: false,
      ephemeral: true,
      publicPool: undefined,
      dnsUpstreams: undefined,
      containerdSocket: undefined,
      imageCacheGiB: 20,
      masterKey: { kind: "own" },
      keysFolder: join(folder, "keys"),
      logLevel: "silent",
    },
    createLogger("silent"),
  );
  await engine.start();
  door.open(engine.listener, engine.upgrade);
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const options = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
  ecs = new ECSClient(options);
  ec2 = new EC2Client(options);
});

afterEach(async () => {
  ecs.destroy();
  ec2.destroy();
  await door.close();
  await engine.stop({ tasks: "keep" });
  rmSync(folder, { recursive: true });
});

const reset = async () => (await fetch(`${endpoint}/_neargate/reset`, { method: "POST" })).status;

/** Works like a client who does not know of resets: its faults are its own. Returns how often it started tasks. */
async function runTasks(until: () => boolean): Promise<number> {
  let started = 0;
  while (!until())
    try {
      await ecs.send(new CreateClusterCommand({ clusterName: "c" }));
      const containerDefinitions = [{ name: "main", image: "x", essential: true }];
      const networkMode = "awsvpc";
      await ecs.send(
        new RegisterTaskDefinitionCommand({
          family: "f",
          cpu: "256",
          memory: "512",
          requiresCompatibilities: ["FARGATE"],
          networkMode,
          containerDefinitions,
        }),
      );
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
      const networkConfiguration = { awsvpcConfiguration: { subnets: [Subnets[0]!.SubnetId!] } };
      await ecs.send(
        new RunTaskCommand({
          cluster: "c",
          taskDefinition: "f",
          launchType: "FARGATE",
          count: 2,
          networkConfiguration,
        }),
      );
      started++;
    } catch (cause) {
      expect(cause).toMatchObject({ $fault: "client", $metadata: { httpStatusCode: 400 } });
    }
  return started;
}

test("resets that come together are one, and requests wait for it", async () => {
  let done = false;
  const clients = [runTasks(() => done), runTasks(() => done)];
  for (let round = 0; round < 5; round++) {
    await sleep(100);
    expect(await Promise.all([reset(), reset(), reset()])).toEqual([200, 200, 200]);
  }
  done = true;
  for (const started of await Promise.all(clients)) expect(started).toBeGreaterThan(0);
  expect(await reset()).toBe(200);
  expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
  await ecs.send(new CreateClusterCommand({}));
  expect((await ecs.send(new ListTasksCommand({}))).taskArns).toEqual([]);
  expect(await engine.status()).toMatchObject({ tasks: { running: 0, pending: 0, stopping: 0 } });
});

test("a reset removes containers that no task has", async () => {
  expect(await reset()).toBe(200);
  expect(readFileSync(journal(), "utf8").trimEnd().split("\n").at(-1)).toBe(JSON.stringify([stray.id, null]));
});

test("nothing is reset while the engine stops", async () => {
  const stopped = engine.stop({ tasks: "keep" });
  await expect(engine.reset()).rejects.toThrow("the engine is stopping");
  await stopped;
});
