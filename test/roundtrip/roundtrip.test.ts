import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as efs from "@aws-sdk/client-efs";
import * as kms from "@aws-sdk/client-kms";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as servicediscovery from "@aws-sdk/client-servicediscovery";
import * as sts from "@aws-sdk/client-sts";
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticErrorSchema, StaticOperationSchema } from "@smithy/types";
import { expect, test } from "vitest";
import { AwsError } from "../../src/base/errors.ts";
import type { Protocol } from "../../src/wire/protocol.ts";
import { Router } from "../../src/wire/router.ts";
import { defineService } from "../../src/wire/service.ts";
import { describeError } from "../../src/wire/wire-error.ts";
import { loopback } from "./loopback.ts";
import { Sampler, comparable } from "./sample.ts";

// Every operation of every client in use: a generated input goes from the client to the server, a generated output back.
// Both must arrive as they were sent. Fails when an SDK release changes its schemas in a way that the wire does not know.

/** Operations that cannot make the round trip, with the reason. */
const EXCEPTIONS: Record<string, string> = {
  "logs:StartLiveTail": "answers an event stream",
  "logs:GetLogObject": "answers an event stream",
  "cloudwatch:PutMetricAlarm over awsQuery": "a form cannot say that a structure without members is there",
};

/** Errors whose query code is that of another one. */
const SHARED_CODES = new Set(["cloudwatch:DashboardNotFoundError over awsQuery"]);

interface Settings {
  xmlNamespace: string;
  version: string;
  serviceTarget: string;
}
interface Client {
  config: { protocolSettings: Settings };
  send(command: unknown): Promise<unknown>;
}
type Constructor<T> = new (input: unknown) => T;
interface Subject {
  name: string;
  sdk: object;
  client: string;
  protocol: Protocol;
  /** Unless it is the name. */
  signingName?: string;
  /** Instead of the protocol that the client speaks by itself. */
  clientProtocol?: unknown;
}

const SUBJECTS: Subject[] = [
  { name: "ecs", sdk: ecs, client: "ECSClient", protocol: "awsJson1_1" },
  { name: "ecr", sdk: ecr, client: "ECRClient", protocol: "awsJson1_1" },
  { name: "kms", sdk: kms, client: "KMSClient", protocol: "awsJson1_1" },
  { name: "logs", sdk: logs, client: "CloudWatchLogsClient", protocol: "awsJson1_1" },
  { name: "servicediscovery", sdk: servicediscovery, client: "ServiceDiscoveryClient", protocol: "awsJson1_1" },
  { name: "efs", sdk: efs, client: "EFSClient", protocol: "restJson1", signingName: "elasticfilesystem" },
  { name: "ec2", sdk: ec2, client: "EC2Client", protocol: "ec2Query" },
  { name: "sts", sdk: sts, client: "STSClient", protocol: "awsQuery" },
  { name: "ecs", sdk: ecs, client: "ECSClient", protocol: "awsJson1_0", clientProtocol: AwsJson1_0Protocol },
  {
    name: "cloudwatch",
    sdk: cloudwatch,
    client: "CloudWatchClient",
    protocol: "awsJson1_0",
    signingName: "monitoring",
  },
  {
    name: "cloudwatch",
    sdk: cloudwatch,
    client: "CloudWatchClient",
    protocol: "awsQuery",
    signingName: "monitoring",
    clientProtocol: AwsQueryProtocol,
  },
  {
    name: "cloudwatch",
    sdk: cloudwatch,
    client: "CloudWatchClient",
    protocol: "rpcv2Cbor",
    signingName: "monitoring",
    clientProtocol: AwsSmithyRpcV2CborProtocol,
  },
  { name: "ecs", sdk: ecs, client: "ECSClient", protocol: "rpcv2Cbor", clientProtocol: AwsSmithyRpcV2CborProtocol },
  {
    name: "logs",
    sdk: logs,
    client: "CloudWatchLogsClient",
    protocol: "rpcv2Cbor",
    clientProtocol: AwsSmithyRpcV2CborProtocol,
  },
];

const CLIENT_OPTIONS = {
  region: "eu-west-1",
  endpoint: "http://localhost:1",
  credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" },
  maxAttempts: 1,
  disableHostPrefix: true,
};

function makeClient({ sdk, client, clientProtocol }: Subject, requestHandler?: object): Client {
  const ClientClass = (sdk as Record<string, Constructor<Client>>)[client]!;
  return new ClientClass({
    ...CLIENT_OPTIONS,
    ...(clientProtocol ? { protocol: clientProtocol } : {}),
    requestHandler,
  });
}

async function makeServer(subject: Subject) {
  const { xmlNamespace, version, serviceTarget } = makeClient(subject).config.protocolSettings;
  const service = defineService<object>(
    {
      name: subject.name,
      signingName: subject.signingName ?? subject.name,
      protocols: [subject.protocol],
      targetPrefix: serviceTarget,
      version,
      xmlNamespace,
      validationErrorCode: "ValidationException",
      sdk: async () => subject.sdk,
      bounds: async () => ({}),
    },
    {},
  );
  const { model, routes } = await service.load();
  return { model, routes, wire: service.wires[subject.protocol]!, router: new Router([service]) };
}

function schemasOf<T>(sdk: object, kind: number): T[] {
  return Object.values(sdk).filter((value): value is T => Array.isArray(value) && value[0] === kind);
}

test.each(SUBJECTS)("$name over $protocol: inputs and outputs", async (subject) => {
  const { model, routes, wire, router } = await makeServer(subject);
  const problems: string[] = [];
  let passed = 0;
  for (const schema of schemasOf<StaticOperationSchema>(subject.sdk, 9)) {
    const name = schema[2];
    const place = `${subject.name}:${name}`;
    if (EXCEPTIONS[place] ?? EXCEPTIONS[`${place} over ${subject.protocol}`]) continue;
    const sampler = new Sampler();
    const sentInput = sampler.sample(NormalizedSchema.of(schema[4])) ?? {};
    const sentOutput = sampler.sample(NormalizedSchema.of(schema[5])) ?? {};
    let gotInput: unknown;
    const client = makeClient(
      subject,
      loopback((request) => {
        const route = router.route(request);
        const rest = routes.match(request);
        expect(route?.protocol).toBe(subject.protocol);
        expect(route?.operation ?? rest?.operation).toBe(name);
        const operation = model.operation(name)!;
        gotInput = wire.readInput(operation, { ...request, labels: rest?.labels });
        return wire.writeOutput(operation, sentOutput, "request-id");
      }),
    );
    const Command = (subject.sdk as Record<string, Constructor<unknown>>)[`${name}Command`]!;
    try {
      const gotOutput = await client.send(new Command(sentInput));
      expect(comparable(gotInput)).toEqual(comparable(sentInput));
      expect(comparable(gotOutput)).toEqual(comparable(sentOutput));
      passed++;
    } catch (cause) {
      problems.push(`${name}: ${String(cause).slice(0, 500)}`);
    }
  }
  expect(problems).toEqual([]);
  expect(passed).toBeGreaterThan(0);
  console.log(`${subject.name} over ${subject.protocol}: ${passed} operations`);
});

test.each(SUBJECTS)("$name over $protocol: modelled errors", async (subject) => {
  const { model, wire } = await makeServer(subject);
  const [operation] = schemasOf<StaticOperationSchema>(subject.sdk, 9);
  const Command = (subject.sdk as Record<string, Constructor<unknown>>)[`${operation![2]}Command`]!;
  const input = new Sampler().sample(NormalizedSchema.of(operation![4]));
  for (const schema of schemasOf<StaticErrorSchema>(subject.sdk, -3)) {
    if (schema[1].startsWith("smithy.ts.sdk.synthetic")) continue;
    if (SHARED_CODES.has(`${subject.name}:${schema[2]} over ${subject.protocol}`)) continue;
    const error = new AwsError(schema[2], "what <happened> & why");
    const client = makeClient(
      subject,
      loopback(() => wire.writeError(describeError(error, model), "request-id")),
    );
    const failure = await client.send(new Command(input)).then(
      () => undefined,
      (cause: Error & { $metadata: object; $fault: string }) => cause,
    );
    expect(failure?.constructor.name).toBe(schema[2]);
    expect(failure).toMatchObject({ name: schema[2], message: error.message, $metadata: { requestId: "request-id" } });
  }
});
