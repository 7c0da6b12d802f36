import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as cloudMap from "@aws-sdk/client-servicediscovery";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecs from "@aws-sdk/client-ecs";
import * as efs from "@aws-sdk/client-efs";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OpenAuthenticator } from "../../src/identity/open-authenticator.ts";
import type { Bounds } from "../../src/wire/bounds.ts";
import type { RestDialect } from "../../src/wire/rest-dialect.ts";
import { s3Dialect } from "../../src/wire/s3/dialect.ts";
import { startTestServer, TEST_ACCOUNT, type TestServer } from "../../src/wire/test-server.ts";
import { idleService } from "../support/idle-service.ts";
import { ABUSES, statusOf } from "../support/malformed/abuse.ts";
import { campaign } from "../support/malformed/campaign.ts";
import type { FuzzProtocol } from "../support/malformed/requests.ts";
import cloudMapBounds from "../../generated/bounds/servicediscovery.json" with { type: "json" };
import ec2Bounds from "../../generated/bounds/ec2.json" with { type: "json" };
import ecsBounds from "../../generated/bounds/ecs.json" with { type: "json" };
import efsBounds from "../../generated/bounds/efs.json" with { type: "json" };
import iamBounds from "../../generated/bounds/iam.json" with { type: "json" };
import s3Bounds from "../../generated/bounds/s3.json" with { type: "json" };

/*
 * Requests that no client sends, to services whose every operation answers: whatever is read, checked and routed is ours.
 * The conformance test of the same name sends fewer of them to real services.
 */

const SEED = Number(process.env["NEARGATE_TEST_SEED"] ?? 7);
const REQUESTS = Number(process.env["NEARGATE_TEST_REQUESTS"] ?? 10_000);

const SERVICES: [FuzzProtocol, object, Bounds, RestDialect?][] = [
  ["awsJson1_0", cloudMap, cloudMapBounds],
  ["awsJson1_1", ecs, ecsBounds],
  ["rpcv2Cbor", ecs, ecsBounds],
  ["awsQuery", iam, iamBounds],
  ["ec2Query", ec2, ec2Bounds],
  ["restJson1", efs, efsBounds],
  ["restXml", s3, s3Bounds, s3Dialect],
];

const made = SERVICES.map(([protocol, sdk, bounds, dialect]) => {
  const signingName = `idle-${protocol.toLowerCase().replace("_", "")}`;
  return idleService({ protocol, signingName, sdk, bounds, ...(dialect ? { dialect } : {}) });
});
let server: TestServer;
beforeAll(async () => {
  const authenticator = new OpenAuthenticator({ account: TEST_ACCOUNT, region: "us-east-1" });
  server = await startTestServer(
    made.map(({ service }) => service),
    { authenticator },
  );
});
afterAll(async () => {
  await server.close();
});

/** MiB in use once everything that is not is collected. */
function memory(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 ** 2;
}

describe.each(SERVICES.map(([protocol], index) => [protocol, made[index]!.target] as const))(
  "%s",
  (protocol, target) => {
    test(`${REQUESTS} malformed requests`, async () => {
      const faults = await campaign({ port: server.port, protocol, targets: [target], requests: REQUESTS, seed: SEED });
      expect(faults).toEqual([]);
      expect(memory()).toBeLessThan(400);
    });
  },
);

test.each(ABUSES)("%s", async (_, bytes, statuses) => {
  expect([...statuses, undefined]).toContain(await statusOf(server.port, bytes));
  expect((await fetch(server.endpoint)).status).toBe(404);
});
