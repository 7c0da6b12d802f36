import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { campaign } from "../support/malformed/campaign.ts";
import type { FuzzProtocol, Target } from "../support/malformed/requests.ts";
import { targetOf } from "../support/malformed/targets.ts";
import { TestEngine } from "../support/engine.ts";

/*
 * Requests that no client sends: every answer is an error of the service, or what AWS would forgive as well; none brings
 * the engine down, keeps a client waiting, or leaves memory behind.
 */

const SEED = Number(process.env["NEARGATE_TEST_SEED"] ?? 5);
const REQUESTS = Number(process.env["NEARGATE_TEST_REQUESTS"] ?? 600);

const SERVICES: [FuzzProtocol, [folder: string, client: string][]][] = [
  [
    "awsJson1_1",
    [
      ["ecs", "ecs"],
      ["ecr", "ecr"],
      ["logs", "cloudwatch-logs"],
      ["servicediscovery", "servicediscovery"],
      ["secretsmanager", "secrets-manager"],
      ["ssm", "ssm"],
      ["kms", "kms"],
      ["cloudtrail", "cloudtrail"],
    ],
  ],
  [
    "awsQuery",
    [
      ["iam", "iam"],
      ["sts", "sts"],
    ],
  ],
  ["ec2Query", [["ec2", "ec2"]]],
  ["restJson1", [["efs", "efs"]]],
  ["restXml", [["s3", "s3"]]],
];

let engine: TestEngine;
let pid: number;
beforeAll(async () => {
  engine = await TestEngine.start(["--compute", "simulated", "--auth", "off"]);
  pid = engine.pid;
});
afterAll(async () => {
  await engine?.stop();
});

/** MiB of memory that the engine has. */
function memory(): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
}

describe.each(SERVICES)("%s", (protocol, services) => {
  test(`${REQUESTS} malformed requests`, async () => {
    const targets: Target[] = await Promise.all(services.map(([folder, client]) => targetOf(folder, client)));
    const port = Number(new URL(engine.endpoint).port);
    const faults = await campaign({ port, protocol, targets, requests: REQUESTS, seed: SEED });
    expect(faults).toEqual([]);
    expect(engine.alive && engine.pid === pid).toBe(true);
  });
});

test("the engine is as it was", async () => {
  expect((await fetch(`${engine.endpoint}/_neargate/health`)).status).toBe(200);
  expect(memory()).toBeLessThan(600);
});
