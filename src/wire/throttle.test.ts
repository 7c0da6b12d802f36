import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient, ListClustersCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { isThrottlingError } from "@smithy/core/retry";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ec2RequestBuckets } from "../services/ec2/throttling.ts";
import { ecsRequestBuckets } from "../services/ecs/throttling.ts";
import { testSts } from "../services/sts/test-sts.ts";
import type { ServiceDefinition } from "./service.ts";
import { startTestServer, type TestServer } from "./test-server.ts";
import { testEc2, testEcs } from "./test-services.ts";
import { Throttle, type RequestBuckets } from "./throttle.ts";

const time = { ms: 0, passesAfterRefusals: 0 };
let server: TestServer;
beforeAll(async () => {
  const oneAtATime: RequestBuckets = () => [{ name: "all", burst: 1, perSecond: 1 }];
  const services = [
    throttled(testEcs(), ecsRequestBuckets),
    throttled(testEc2(), ec2RequestBuckets),
    throttled(testSts(), oneAtATime),
  ];
  server = await startTestServer(services, {
    throttle: new Throttle({ monotonic: () => time.ms }),
    observer: { called: ({ error }) => void (time.ms += error ? time.passesAfterRefusals : 0) },
  });
});
afterAll(() => server.close());

function throttled(service: ServiceDefinition, throttling: RequestBuckets): ServiceDefinition {
  return { ...service, statics: { ...service.statics, throttling } };
}

/** How many calls succeed before one is refused, and how that one is. */
async function callsUntilRefused(call: () => Promise<unknown>) {
  for (let calls = 0; ; calls++) {
    try {
      await call();
    } catch (cause) {
      const { name, message, $metadata } = cause as Error & { $metadata: { httpStatusCode: number } };
      return { calls, name, message, status: $metadata.httpStatusCode, throttling: isThrottlingError(cause as never) };
    }
  }
}

test("ECS: a category's burst, then its refill, for each Region", async () => {
  const ecs = new ECSClient(server.client);
  const refused = { name: "ThrottlingException", message: "Rate exceeded", status: 400, throttling: true };
  const list = () => ecs.send(new ListClustersCommand({}));
  expect(await callsUntilRefused(list)).toEqual({ calls: 50, ...refused });
  time.ms += 150;
  expect(await callsUntilRefused(list)).toEqual({ calls: 3, ...refused });
  await new ECSClient({ ...server.client, region: "eu-west-3" }).send(new ListClustersCommand({}));
  const run = () => ecs.send(new RunTaskCommand({ taskDefinition: "app" }));
  expect(await callsUntilRefused(run)).toEqual({ calls: 20, ...refused });
});

test("EC2 has a bucket for each operation", async () => {
  const ec2 = new EC2Client(server.client);
  expect(await callsUntilRefused(() => ec2.send(new DescribeVpcsCommand({})))).toEqual({
    calls: 100,
    name: "RequestLimitExceeded",
    message: "Request limit exceeded.",
    status: 503,
    throttling: true,
  });
});

test("services of the query protocol", async () => {
  const sts = new STSClient(server.client);
  expect(await callsUntilRefused(() => sts.send(new GetCallerIdentityCommand({})))).toEqual({
    calls: 1,
    name: "Throttling",
    message: "Rate exceeded",
    status: 400,
    throttling: true,
  });
});

test("stock clients wait and try again", async () => {
  const ecs = new ECSClient({ ...server.client, maxAttempts: 4 });
  await callsUntilRefused(() => new ECSClient(server.client).send(new ListClustersCommand({})));
  time.passesAfterRefusals = 1000;
  const { $metadata } = await ecs.send(new ListClustersCommand({}));
  expect($metadata.attempts).toBe(2);
});
