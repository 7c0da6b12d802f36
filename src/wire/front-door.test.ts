import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { CloudWatchLogsClient, CreateLogGroupCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  AttachInternetGatewayCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
  CreateCapacityProviderCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  ECSClient,
  ListClustersCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetFederationTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OpenAuthenticator } from "../identity/open-authenticator.ts";
import { testSts } from "../services/sts/test-sts.ts";
import type { FinishedCall } from "./calls.ts";
import { TEST_ACCOUNT, TEST_KEY, startTestServer, type TestServer } from "./test-server.ts";
import { testEc2, testEcr, testEcs, testLogs } from "./test-services.ts";

const logged: string[] = [];
let server: TestServer;
let open: TestServer;
beforeAll(async () => {
  const services = [testEcs(), testEc2(), testLogs(), testEcr(), testSts()];
  const log = pino({ level: "error" }, { write: (line) => void logged.push(line) });
  const mounts = [
    {
      prefix: "/v2/",
      handle: async (_request: unknown, response: { end(text: string): void }) => response.end("registry"),
    },
    {
      prefix: "/broken/",
      handle: async () => {
        throw new Error("mounted");
      },
    },
  ];
  server = await startTestServer(services, { log, mounts });
  open = await startTestServer(services, {
    log,
    authenticator: new OpenAuthenticator({ account: "000000000000", region: "us-west-2" }),
  });
});
afterAll(async () => {
  await server.close();
  await open.close();
});

/** What a client throws. */
async function failureOf(call: Promise<unknown>) {
  const failure = await call.then(
    () => undefined,
    (cause: Error & { $metadata: { httpStatusCode: number; requestId: string } }) => cause,
  );
  if (!failure) throw new Error("the call succeeded");
  return { name: failure.name, message: failure.message, status: failure.$metadata.httpStatusCode };
}

const ecs = (options = {}) => new ECSClient({ ...server.client, ...options });
const ec2 = (options = {}) => new EC2Client({ ...server.client, ...options });
const sts = (options = {}) => new STSClient({ ...server.client, ...options });
const logs = (options = {}) => new CloudWatchLogsClient({ ...server.client, ...options });
const cbor = { protocol: AwsSmithyRpcV2CborProtocol } as object;
const JSON_HEADERS = { "content-type": "application/x-amz-json-1.1" };

/** An unsigned JSON call to the server that believes everybody. */
async function rawJson(operation: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
  const response = await fetch(open.endpoint, {
    method: "POST",
    headers: { ...JSON_HEADERS, "x-amz-target": `AmazonEC2ContainerServiceV20141113.${operation}`, ...headers },
    body: body as string,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as Record<string, unknown> };
}

/** An input that TypeScript would not let through. */
const bad = (input: object) => input as never;

/** A form to the server that believes everybody. */
const post = (body: string) =>
  fetch(open.endpoint, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body });

/** Bytes as they are, and the status line of what comes back. */
function rawStatus(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(open.port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString();
      if (answer.includes("\r\n")) socket.destroy();
    });
    socket.on("close", () => resolve(answer.split("\r\n")[0]!));
    socket.on("error", reject);
  });
}

describe("calls that succeed", () => {
  test("JSON", async () => {
    const output = await ecs().send(
      new RegisterTaskDefinitionCommand({
        family: "web",
        containerDefinitions: [{ name: "é<&>", image: "nginx", portMappings: [{ containerPort: 80 }] }],
        tags: [{ key: "a", value: "b" }],
      }),
    );
    expect(output.taskDefinition?.containerDefinitions?.[0]).toMatchObject({
      name: "é<&>",
      portMappings: [{ containerPort: 80 }],
    });
    expect(output.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ecs().send(new ListClustersCommand({}))).clusterArns).toEqual([
      `arn:aws:ecs:eu-west-1:${TEST_ACCOUNT}:cluster/default`,
    ]);
    await logs().send(new CreateLogGroupCommand({ logGroupName: "/ecs/web" }));
  });

  test("CBOR", async () => {
    const output = await ecs(cbor).send(
      new RegisterTaskDefinitionCommand({ family: "web", containerDefinitions: [{ image: "nginx", cpu: 256 }] }),
    );
    expect(output.taskDefinition?.containerDefinitions).toEqual([{ image: "nginx", cpu: 256 }]);
  });

  test("EC2", async () => {
    const output = await ec2().send(
      new DescribeVpcsCommand({ VpcIds: ["vpc-1", "vpc-2"], Filters: [{ Name: "tag:a b", Values: ["x", "y&z"] }] }),
    );
    expect(output.Vpcs).toMatchObject([
      { VpcId: "vpc-1", Tags: [{ Key: "tag:a b", Value: "x|y&z" }] },
      { VpcId: "vpc-2" },
    ]);
    await ec2().send(new AttachInternetGatewayCommand({ InternetGatewayId: "igw-1", VpcId: "vpc-1" }));
  });

  test("query", async () => {
    expect(await sts().send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: TEST_ACCOUNT,
      UserId: TEST_ACCOUNT,
      Arn: `arn:aws:iam::${TEST_ACCOUNT}:root`,
    });
  });

  test("gzip", async () => {
    const reply = await rawJson("RunTask", gzipSync('{"taskDefinition":"web"}'), { "content-encoding": "gzip" });
    expect(reply.status).toBe(200);
    expect(reply.body["failures"]).toEqual([{ reason: '{"taskDefinition":"web"}' }]);
  });

  test("without checking signatures, twelve digits choose the account and the scope the Region", async () => {
    const client = (accessKeyId: string) =>
      new ECSClient({ ...open.client, region: "ap-south-1", credentials: { accessKeyId, secretAccessKey: "x" } });
    expect((await client("111122223333").send(new ListClustersCommand({}))).clusterArns).toEqual([
      "arn:aws:ecs:ap-south-1:111122223333:cluster/default",
    ]);
    expect((await client("test").send(new ListClustersCommand({}))).clusterArns).toEqual([
      "arn:aws:ecs:ap-south-1:000000000000:cluster/default",
    ]);
    expect((await rawJson("ListClusters", "{}")).body["clusterArns"]).toEqual([
      "arn:aws:ecs:us-west-2:000000000000:cluster/default",
    ]);
    const unsigned = await fetch(`${open.endpoint}/?Action=GetCallerIdentity&Version=2011-06-15`);
    expect(await unsigned.text()).toContain("<Account>000000000000</Account>");
  });

  test("mounted handlers get their requests raw", async () => {
    expect(await (await fetch(`${server.endpoint}/v2/`)).text()).toBe("registry");
    expect((await fetch(`${server.endpoint}/broken/`)).status).toBe(500);
  });
});

describe("signatures", () => {
  const wrongSecret = { credentials: { ...TEST_KEY, secretAccessKey: "wrong" } };
  const unknownKey = { credentials: { ...TEST_KEY, accessKeyId: "AKIAUNKNOWN" } };
  const strayToken = { credentials: { ...TEST_KEY, sessionToken: "token" } };
  const mismatch = expect.stringMatching(
    /^The request signature we calculated does not match the signature you provided\./,
  );
  const invalidToken = "The security token included in the request is invalid.";
  const authFailure = "AWS was not able to validate the provided access credentials";

  test.each([
    ["JSON", wrongSecret, { name: "InvalidSignatureException", message: mismatch, status: 400 }],
    ["JSON", unknownKey, { name: "UnrecognizedClientException", message: invalidToken, status: 400 }],
    ["JSON", strayToken, { name: "UnrecognizedClientException", message: invalidToken, status: 400 }],
    ["CBOR", wrongSecret, { name: "InvalidSignatureException", message: mismatch, status: 400 }],
    ["query", wrongSecret, { name: "SignatureDoesNotMatch", message: mismatch, status: 403 }],
    ["query", unknownKey, { name: "InvalidClientTokenId", message: invalidToken, status: 403 }],
    ["EC2", wrongSecret, { name: "SignatureDoesNotMatch", message: mismatch, status: 403 }],
    ["EC2", unknownKey, { name: "AuthFailure", message: authFailure, status: 401 }],
  ])("%s %j", async (protocol, options, expected) => {
    const call =
      protocol === "JSON"
        ? ecs(options).send(new ListClustersCommand({}))
        : protocol === "CBOR"
          ? ecs({ ...options, ...cbor }).send(new ListClustersCommand({}))
          : protocol === "query"
            ? sts(options).send(new GetCallerIdentityCommand({}))
            : ec2(options).send(new DescribeVpcsCommand({}));
    expect(await failureOf(call)).toEqual(expected);
  });

  test("expired and future dates", async () => {
    const hour = 3_600_000;
    expect(await failureOf(ecs({ systemClockOffset: -hour }).send(new ListClustersCommand({})))).toMatchObject({
      name: "InvalidSignatureException",
      message: expect.stringMatching(
        /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
      ),
    });
    expect(await failureOf(ecs({ systemClockOffset: hour }).send(new ListClustersCommand({})))).toMatchObject({
      message: expect.stringMatching(/^Signature not yet current: .* is still later than .* \(.* \+ 5 min\.\)$/),
    });
    expect(await failureOf(ec2({ systemClockOffset: -hour }).send(new DescribeVpcsCommand({})))).toMatchObject({
      name: "RequestExpired",
      message: "Request has expired.",
    });
    expect(await failureOf(sts({ systemClockOffset: -hour }).send(new GetCallerIdentityCommand({})))).toMatchObject({
      name: "SignatureDoesNotMatch",
      message: expect.stringContaining("- 15 min.)"),
      status: 403,
    });
  });

  test("an altered body", async () => {
    const client = ecs();
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { body: string }).body = '{"maxResults":7}';
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    expect(await failureOf(client.send(new ListClustersCommand({ maxResults: 5 })))).toMatchObject({
      name: "InvalidSignatureException",
    });
  });

  test("no signature", async () => {
    const json = await fetch(server.endpoint, {
      method: "POST",
      headers: { ...JSON_HEADERS, "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters" },
      body: "{}",
    });
    expect(json.status).toBe(400);
    expect(await json.json()).toEqual({
      __type: "MissingAuthenticationTokenException",
      message: "Missing Authentication Token",
    });
    const query = await fetch(`${server.endpoint}/?Action=GetCallerIdentity&Version=2011-06-15`);
    expect(query.status).toBe(403);
    expect(await query.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });

  test("a signature for another service", async () => {
    const client = ecs();
    client.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        headers["x-amz-target"] = "Logs_20140328.DescribeLogGroups";
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
    expect(await failureOf(client.send(new ListClustersCommand({})))).toMatchObject({
      name: "InvalidSignatureException",
      message: "Credential should be scoped to correct service: 'logs'. ",
    });
  });
});

describe("errors", () => {
  test("modelled errors keep their class", async () => {
    expect(await failureOf(ecs().send(new DescribeServicesCommand({ services: ["x"] })))).toEqual({
      name: "ClusterNotFoundException",
      message: "Cluster not found.",
      status: 400,
    });
    expect(await failureOf(ec2().send(new DeleteVpcCommand({ VpcId: "vpc-0" })))).toEqual({
      name: "InvalidVpcID.NotFound",
      message: "The vpc ID 'vpc-0' does not exist",
      status: 400,
    });
  });

  test("operations that are not built, or do not exist", async () => {
    expect(await failureOf(ecs().send(new CreateCapacityProviderCommand({ name: "x" })))).toEqual({
      name: "UnknownOperationException",
      message:
        "The action CreateCapacityProvider is not valid for this web service. (ecs:CreateCapacityProvider is not built in Neargate yet)",
      status: 400,
    });
    expect(await failureOf(ec2().send(new DescribeInstancesCommand({})))).toMatchObject({
      name: "InvalidAction",
      message: expect.stringContaining("ec2:DescribeInstances is not built"),
      status: 400,
    });
    expect(await failureOf(sts().send(new GetFederationTokenCommand({ Name: "me" })))).toMatchObject({
      name: "InvalidAction",
      status: 400,
    });
    expect(await failureOf(ecs(cbor).send(new CreateCapacityProviderCommand({ name: "x" })))).toMatchObject({
      name: "UnknownOperationException",
    });
    expect((await rawJson("NoSuchThing", "{}")).body).toEqual({
      __type: "UnknownOperationException",
      message: "The action NoSuchThing is not valid for this web service.",
    });
    expect((await rawJson("constructor", "{}")).status).toBe(400);
    const stranger = await rawJson("", "{}", { "x-amz-target": "DynamoDB_20120810.ListTables" });
    expect(stranger.status).toBe(501);
    expect(stranger.body).toEqual({
      __type: "NotImplemented",
      message: "The service DynamoDB_20120810 is not built in Neargate yet.",
    });
    expect((await fetch(`${open.endpoint}/`)).status).toBe(404);
  });

  test("a failure of ours tells the log what it was, and the client only that it was", async () => {
    logged.length = 0;
    expect(await failureOf(ecs().send(new DescribeClustersCommand({})))).toMatchObject({
      name: "InternalFailure",
      status: 500,
    });
    expect(await failureOf(ec2().send(new DescribeSubnetsCommand({})))).toEqual({
      name: "InternalError",
      message: "An internal error has occurred",
      status: 500,
    });
    expect(logged).toHaveLength(2);
    expect(logged[0]).toContain("secret detail of the program");
    expect(JSON.parse(logged[0]!)).toMatchObject({ service: "ecs", operation: "DescribeClusters" });
  });
});

describe("validation", () => {
  test("JSON", async () => {
    expect(
      await failureOf(
        ecs().send(
          new RegisterTaskDefinitionCommand(
            bad({ requiresCompatibilities: ["FOO"], tags: [{ key: "a".repeat(129) }] }),
          ),
        ),
      ),
    ).toEqual({
      name: "InvalidParameterException",
      message: expect.stringMatching(
        /^4 validation errors detected: Value null at 'family' failed to satisfy constraint: Member must not be null; Value null at 'containerDefinitions' .*; Value '\[FOO\]' at 'requiresCompatibilities' failed to satisfy constraint: Member must satisfy constraint: \[Member must satisfy enum value set: \[.*FARGATE.*\]\]; Value 'a{129}' at 'tags\.1\.member\.key' failed to satisfy constraint: Member must have length less than or equal to 128$/,
      ),
      status: 400,
    });
    expect(await failureOf(ecs(cbor).send(new RunTaskCommand(bad({}))))).toMatchObject({
      name: "InvalidParameterException",
    });
    expect(await failureOf(logs().send(new CreateLogGroupCommand({ logGroupName: "a:b" })))).toMatchObject({
      message:
        "1 validation error detected: Value 'a:b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
    });
    const empty = new PutLogEventsCommand({ logGroupName: "g", logStreamName: "s", logEvents: [] });
    expect(await failureOf(logs().send(empty))).toMatchObject({
      message:
        "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1",
    });
  });

  test("ECR", async () => {
    const client = new ECRClient(server.client);
    const pattern = "(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*";
    expect(await failureOf(client.send(new CreateRepositoryCommand({ repositoryName: "Abc" })))).toEqual({
      name: "InvalidParameterException",
      message: `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${pattern}''`,
      status: 400,
    });
    expect(await failureOf(client.send(new CreateRepositoryCommand({ repositoryName: "a" })))).toMatchObject({
      message:
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length greater than or equal to 2'",
    });
  });

  test("EC2", async () => {
    expect(await failureOf(ec2().send(new DeleteVpcCommand(bad({}))))).toEqual({
      name: "MissingParameter",
      message: "The request must contain the parameter VpcId",
      status: 400,
    });
    expect(
      await failureOf(
        ec2().send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", InstanceTenancy: bad("odd" as never) })),
      ),
    ).toEqual({
      name: "InvalidParameterValue",
      message: "Value (odd) for parameter instanceTenancy is invalid.",
      status: 400,
    });
    expect(await failureOf(ec2().send(new DescribeVpcsCommand({ MaxResults: 1 })))).toMatchObject({
      message: "Value ( 1 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
    });
    const text = await (await fetch(`${open.endpoint}/?Action=DescribeVpcs&Version=2016-11-15&MaxResults=x`)).text();
    expect(text).toContain("<Code>InvalidParameterValue</Code><Message>Value (x) for parameter MaxResults is invalid.");
  });

  test("query", async () => {
    expect(await failureOf(sts().send(new AssumeRoleCommand(bad({ RoleSessionName: "me" }))))).toMatchObject({
      name: "ValidationError",
      message:
        "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
    });
  });

  test.each([
    ['{"count":"1"}', "STRING_VALUE can not be converted to an Integer"],
    ['{"taskDefinition":7}', "NUMBER_VALUE can not be converted to a String"],
    ['{"taskDefinition":true}', "TRUE_VALUE can not be converted to a String"],
    ['{"taskDefinition":{}}', "Start of structure or map found where not expected."],
    ['{"taskDefinition":[]}', "Start of list found where not expected"],
    ['{"tags":"a"}', "Expected list or null"],
    ['{"tags":["a"]}', "Expected null"],
    ['{"overrides":[]}', "Start of list found where not expected"],
    ["[]", "Start of list found where not expected"],
    ['"x"', "Expected null"],
  ])("JSON of another shape: %s", async (body, message) => {
    expect(await rawJson("RunTask", body)).toMatchObject({
      status: 400,
      body: { __type: "SerializationException", message },
    });
  });

  test("fractions of integers are cut off, as AWS does, and nulls are absent members", async () => {
    const reply = await rawJson("RunTask", '{"taskDefinition":"a","count":2.9,"group":null}');
    expect(reply.body["failures"]).toEqual([{ reason: '{"taskDefinition":"a","count":2}' }]);
    expect((await rawJson("RunTask", '{"taskDefinition":"a","tags":[null]}')).body["message"]).toContain(
      "Member must not be null",
    );
  });
});

describe("malformed requests", () => {
  test.each([
    ["no JSON", "RunTask", "{", {}, 400],
    ["JSON nested to the depth", "RunTask", `{"taskDefinition":${"[".repeat(1_000_000)}`, {}, 400],
    [
      "JSON nested and closed",
      "RunTask",
      `{"x":${"[".repeat(200_000)}${"]".repeat(200_000)},"taskDefinition":1}`,
      {},
      400,
    ],
    ["bytes that are no text", "RunTask", "\xff\xfe\x00", {}, 400],
    ["no gzip", "RunTask", "{}", { "content-encoding": "gzip" }, 400],
    ["an unknown coding", "RunTask", "{}", { "content-encoding": "br" }, 415],
    ["too large", "RunTask", " ".repeat(16 * 1024 * 1024 + 1), {}, 413],
    ["no target", "", "{}", { "x-amz-target": "x" }, 501],
  ])("%s", async (_name, operation, body, headers, status) => {
    const reply = await rawJson(operation, body, headers as Record<string, string>);
    expect(reply.status).toBe(status);
    expect(typeof reply.body["__type"]).toBe("string");
  });

  test("gzip that unfolds without end", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect((await rawJson("RunTask", bomb, { "content-encoding": "gzip" })).status).toBe(413);
  });

  test("CBOR that is none, or nested to the depth", async () => {
    for (const body of [
      Buffer.from([0xff, 0x00]),
      Buffer.alloc(1_000_000, 0x81),
      Buffer.from([0x9b, 0xff, 0xff, 0xff, 0xff]),
    ]) {
      const reply = await fetch(`${open.endpoint}/service/AmazonEC2ContainerServiceV20141113/operation/RunTask`, {
        method: "POST",
        headers: { "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor" },
        body,
      });
      expect(reply.status).toBe(400);
    }
  });

  test("keys that objects inherit are keys like others", async () => {
    const reply = await rawJson(
      "RegisterTaskDefinition",
      '{"__proto__":{"family":"x"},"family":"f","containerDefinitions":[{"dockerLabels":{"__proto__":"p","constructor":"c"}}]}',
    );
    expect(JSON.stringify(reply.body)).toBe(
      '{"taskDefinition":{"containerDefinitions":[{"dockerLabels":{"__proto__":"p","constructor":"c"}}],"family":"f"},"tags":null}'.replace(
        ',"tags":null',
        "",
      ),
    );
    expect(({} as Record<string, unknown>)["family"]).toBeUndefined();
  });

  test("forms without measure", async () => {
    const action = "Action=DescribeVpcs&Version=2016-11-15";
    expect((await post(`${action}&${"a.".repeat(100_000)}=1`)).status).toBe(400);
    expect((await post(`${action}${"&a=1".repeat(100_000)}`)).status).toBe(400);
    expect((await post(`${action}&Filter.__proto__.Name=x&__proto__.y=1&Filter.1.Name=%zz`)).status).toBe(400);
    expect((await post(`${action}&VpcId.99999999=vpc-1&VpcId.2=vpc-2`)).status).toBe(200);
  });

  test.each([
    ["a percent sign alone", "GET /%?%=%zz&Action=%E0%A4%A HTTP/1.1\r\nhost: x\r\n\r\n", "HTTP/1.1 404 Not Found"],
    ["slashes", "GET ////?? HTTP/1.1\r\nhost: x\r\n\r\n", "HTTP/1.1 404 Not Found"],
    [
      "an absolute URL",
      "GET http://x/?Action=GetCallerIdentity&Version=2011-06-15 HTTP/1.1\r\nhost: x\r\n\r\n",
      "HTTP/1.1 200 OK",
    ],
    ["an asterisk", "OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n", "HTTP/1.1 404 Not Found"],
    ["no HTTP", "\u0016\u0003\u0001\r\n\r\n", "HTTP/1.1 400 Bad Request"],
    ["no host", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request"],
    [
      "a huge head",
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(70_000)}\r\n\r\n`,
      "HTTP/1.1 431 Request Header Fields Too Large",
    ],
    [
      "headers twice",
      "GET / HTTP/1.1\r\nhost: x\r\nauthorization: a\r\nauthorization: b\r\nx-amz-target: a.b\r\nx-amz-target: c.d\r\n\r\n",
      "HTTP/1.1 501 Not Implemented",
    ],
  ])("%s", async (_name, text, expected) => {
    expect(await rawStatus(text)).toBe(expected);
  });

  test("a body without end is cut off, and a client that goes away harms nobody", async () => {
    const head = "POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AmazonEC2ContainerServiceV20141113.RunTask\r\n";
    expect(await rawStatus(`${head}content-length: 999999999\r\n\r\n{`)).toBe("HTTP/1.1 413 Payload Too Large");
    await new Promise<void>((resolve) => {
      const socket = connect(open.port, "127.0.0.1", () => {
        socket.write(`${head}content-length: 100\r\n\r\n{`);
        socket.destroy();
      });
      socket.on("close", () => resolve());
    });
    expect((await rawJson("ListClusters", "{}")).status).toBe(200);
  });
});

test("who is gone before it can be asked where it is gets nothing done", async () => {
  const calls: FinishedCall[] = [];
  const authenticator = new OpenAuthenticator({ account: "000000000000", region: "us-west-2" });
  const observer = { called: (call: FinishedCall) => void calls.push(call) };
  const watched = await startTestServer([testEcs()], { authenticator, observer });
  const headers = { ...JSON_HEADERS, "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters" };
  const head = Object.entries({ host: "x", ...headers, "content-length": "2" }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const socket = connect(watched.port, "127.0.0.1", () => {
    socket.write(`POST / HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n{}`);
    socket.resetAndDestroy();
  }).on("close", resolve);
  await closed;
  await fetch(watched.endpoint, { method: "POST", headers, body: "{}" });
  expect(calls.map(({ sourceIp }) => sourceIp)).toEqual(["127.0.0.1"]);
  await watched.close();
});

describe("without signatures", () => {
  const action = (parameters: string) => `${open.endpoint}/?Action=DescribeVpcs&Version=2016-11-15${parameters}`;

  test("web pages are refused, in the service's form", async () => {
    const page = await fetch(action(""), { headers: { origin: "http://evil.example" } });
    expect(page.status).toBe(403);
    expect(await page.text()).toContain("<Code>UnauthorizedOperation</Code>");
    // What an <img> of a page sends: no origin.
    const image = await fetch(action(""), { headers: { "sec-fetch-site": "cross-site" } });
    expect(image.status).toBe(403);
    expect((await fetch(action(""))).status).toBe(200);
  });

  test("EC2 knows no other parameters than the operation's", async () => {
    const answer = await fetch(action("&Filter.1.Name=state&Filter.1.Value.1=a&Filter.1.Vale=b"));
    expect(await answer.text()).toContain(
      "<Code>UnknownParameter</Code><Message>The parameter Filter.1.Vale is not recognized</Message>",
    );
    expect(await (await fetch(action("&VpcIds.1=vpc-1"))).text()).toContain("The parameter VpcIds is not recognized");
  });
});
