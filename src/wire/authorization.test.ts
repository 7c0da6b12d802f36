import { CreateVpcCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient, ListClustersCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { afterEach, expect, test } from "vitest";
import { randomBytes } from "node:crypto";
import { systemClock } from "../base/clock.ts";
import { randomIds } from "../base/ids.ts";
import { silentLogger } from "../base/log.ts";
import { AccessDenied, type ActionCheck, type Authorizer } from "../identity/authorization.ts";
import type { Caller } from "../identity/caller.ts";
import { rootPrincipal } from "../identity/principal.ts";
import { AuthorizationFailures, type Sealer } from "./authorization-failures.ts";
import type { FinishedCall } from "./calls.ts";
import { denialAnswer } from "./denials.ts";
import { CallFailure, createInvoke } from "./invoke.ts";
import { startTestServer, TEST_ACCOUNT, TEST_KEY, type TestServer } from "./test-server.ts";
import { testEc2, testEcs } from "./test-services.ts";

type EcsSdk = typeof import("@aws-sdk/client-ecs");

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const principal = rootPrincipal(TEST_ACCOUNT, TEST_KEY.accessKeyId);
const caller: Caller = { principal, region: "eu-west-1", secureTransport: false, at: 0 };
const scope = { account: TEST_ACCOUNT, region: "eu-west-1" };

/** Refuses every action but some, and keeps what it was asked. */
class Few implements Authorizer {
  readonly asked: { caller: Caller; checks: readonly ActionCheck[] }[] = [];
  private readonly allowed: readonly string[];

  constructor(...allowed: string[]) {
    this.allowed = allowed;
  }

  async authorize(by: Caller, checks: readonly ActionCheck[]): Promise<void> {
    this.asked.push({ caller: by, checks });
    for (const { action, resources } of checks)
      if (!this.allowed.includes(action))
        throw new AccessDenied(by, action, resources[0]!.arn, { kind: "implicit", missing: "identity-based policy" });
  }
}

async function serve(authorizer: Authorizer) {
  const calls: FinishedCall[] = [];
  server = await startTestServer([testEcs(), testEc2()], {
    authorizer,
    observer: { called: (call) => calls.push(call) },
  });
  return { calls, ecs: new ECSClient(server.client), ec2: new EC2Client(server.client) };
}

test("a request is authorized once its input is known to be sound, and before anything is done", async () => {
  const authorizer = new Few("ecs:ListClusters");
  const { ecs } = await serve(authorizer);
  await ecs.send(new ListClustersCommand());
  await expect(ecs.send(new RunTaskCommand({ taskDefinition: undefined }))).rejects.toThrow("taskDefinition");
  expect(authorizer.asked).toHaveLength(1);
  await expect(ecs.send(new RunTaskCommand({ taskDefinition: "a" }))).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: ${principal.arn} is not authorized to perform: ecs:RunTask on resource: * because no identity-based policy allows the ecs:RunTask action`,
  });
  expect(authorizer.asked[0]).toMatchObject({
    caller: { principal, region: "eu-west-1", sourceIp: "127.0.0.1", userAgent: expect.stringContaining("aws-sdk-js") },
    checks: [{ action: "ecs:ListClusters", resources: [{ arn: "*" }] }],
  });
});

test("what became of each call is told: of those that were done, failed, were refused or not signed by anyone", async () => {
  const { calls, ecs, ec2 } = await serve(new Few("ecs:ListClusters"));
  await ecs.send(new ListClustersCommand({ maxResults: 1 }));
  await ecs.send(new RunTaskCommand({ taskDefinition: "a" })).catch(() => {});
  await ec2.send(new DescribeVpcsCommand()).catch(() => {});
  const stranger = new ECSClient({ ...server!.client, credentials: { accessKeyId: "AKIANONE", secretAccessKey: "x" } });
  await stranger.send(new ListClustersCommand()).catch(() => {});
  const client = { sourceIp: "127.0.0.1", userAgent: expect.any(String), requestId: expect.any(String), scope };
  expect(calls).toMatchObject([
    {
      ...client,
      operation: "ListClusters",
      caller: { principal },
      input: { maxResults: 1 },
      output: { clusterArns: [expect.any(String)] },
    },
    { ...client, operation: "RunTask", output: undefined, error: { code: "AccessDeniedException", status: 400 } },
    { ...client, operation: "DescribeVpcs", error: { code: "UnauthorizedOperation", status: 403 } },
    {
      ...client,
      operation: "ListClusters",
      caller: undefined,
      input: undefined,
      error: { code: "UnrecognizedClientException" },
    },
  ]);
});

test.each([
  ["awsJson1_1", "AccessDeniedException", 400],
  ["rpcv2Cbor", "AccessDeniedException", 400],
  ["restJson1", "AccessDeniedException", 403],
  ["awsQuery", "AccessDenied", 403],
  ["ec2Query", "UnauthorizedOperation", 403],
  ["restXml", "AccessDenied", 403],
] as const)("a refusal over %s is %s", (protocol, code, status) => {
  const denied = new AccessDenied(caller, "a:B", "arn:c", { kind: "explicit", by: "permissions boundary" });
  const answer = denialAnswer(denied, protocol);
  expect(answer).toMatchObject({ code, status });
  expect(answer.message).toMatch(/with an explicit deny in a permissions boundary$/);
});

test("what EC2 encodes is read with the same keys and for the same account only", async () => {
  const failures = new AuthorizationFailures(new XorSealer());
  const denied = new AccessDenied(caller, "ec2:CreateVpc", "arn:v", { kind: "explicit", by: "session policy" });
  const encoded = failures.encode(denied);
  expect(encoded).toMatch(/^[\w-]+$/);
  expect(JSON.parse(failures.decode(encoded, TEST_ACCOUNT)!)).toMatchObject({
    allowed: false,
    explicitDeny: true,
    context: { action: "ec2:CreateVpc", resource: "arn:v", principal: { arn: principal.arn } },
  });
  expect(failures.decode(encoded, "999999999999")).toBeUndefined();
  expect(failures.decode("nothing", TEST_ACCOUNT)).toBeUndefined();
});

test("a dry run says whether it would be allowed", async () => {
  const { ec2 } = await serve(new Few());
  await expect(ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", DryRun: true }))).rejects.toMatchObject({
    name: "UnauthorizedOperation",
  });
});

test("a call in the process goes through all that a request goes through", async () => {
  const calls: FinishedCall[] = [];
  const invoke = createInvoke({
    authorizer: new Few("ecs:ListClusters", "ecs:DescribeServices", "ecs:DescribeClusters"),
    observer: { called: (call) => calls.push(call) },
    clock: systemClock,
    ids: randomIds,
    log: silentLogger,
  });
  const ecs = testEcs();
  const { clusterArns } = await invoke<EcsSdk, "ListClusters">(ecs, "ListClusters", {}, caller, scope);
  expect(clusterArns).toEqual([`arn:aws:ecs:eu-west-1:${TEST_ACCOUNT}:cluster/default`]);
  const failure = async (operation: "RunTask" | "DescribeServices" | "DescribeClusters", input: object) =>
    await invoke<EcsSdk, typeof operation>(ecs, operation, input as never, caller, scope).catch(
      (cause: unknown) => cause,
    );
  expect(await failure("RunTask", { taskDefinition: "a" })).toMatchObject({
    code: "AccessDeniedException",
    status: 400,
  });
  expect(await failure("RunTask", {})).toMatchObject({ code: "InvalidParameterException" });
  expect(await failure("DescribeServices", { services: ["a"] })).toMatchObject({
    code: "ClusterNotFoundException",
    message: "Cluster not found.",
    status: 400,
  });
  const broken = await failure("DescribeClusters", {});
  expect(broken).toBeInstanceOf(CallFailure);
  expect(broken).toMatchObject({ code: "InternalFailure", status: 500, requestId: calls.at(-1)!.requestId });
  expect(calls.map(({ operation, error }) => [operation, error?.code])).toEqual([
    ["ListClusters", undefined],
    ["RunTask", "AccessDeniedException"],
    ["RunTask", "InvalidParameterException"],
    ["DescribeServices", "ClusterNotFoundException"],
    ["DescribeClusters", "InternalFailure"],
  ]);
});

/** Hides nothing from anyone who looks closer, but tells purposes and contexts apart. */
class XorSealer implements Sealer {
  private readonly key = randomBytes(1)[0]!;

  seal(purpose: string, plain: Uint8Array, context: string): Buffer {
    return Buffer.from(`${purpose}|${context}|${Buffer.from(plain).toString()}`).map(
      (byte) => byte ^ this.key,
    ) as Buffer;
  }

  open(purpose: string, sealed: Uint8Array, context: string): Buffer {
    const text = Buffer.from(sealed.map((byte) => byte ^ this.key)).toString();
    if (!text.startsWith(`${purpose}|${context}|`)) throw new Error("not sealed here");
    return Buffer.from(text.slice(purpose.length + context.length + 2));
  }
}
