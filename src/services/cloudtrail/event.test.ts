import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test, vi } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import type { Clock } from "../../base/clock.ts";
import { rolePrincipal, rootPrincipal } from "../../identity/principal.ts";
import type { FinishedCall } from "../../wire/calls.ts";
import { ServiceModel } from "../../wire/model.ts";
import { CloudTrail } from "./cloudtrail.ts";
import { eventOf } from "./event.ts";
import { EventStore, type EventFilter } from "./event-store.ts";
import { isManagementEvent, isReadOnly } from "./operation-kinds.ts";

const ACCOUNT = "123456789012";
const AT = Date.parse("2026-01-02T03:04:05.678Z");
const scope = { account: ACCOUNT, region: "eu-west-1" };

const MODELS = {
  ecs: () => import("@aws-sdk/client-ecs"),
  iam: () => import("@aws-sdk/client-iam"),
  kms: () => import("@aws-sdk/client-kms"),
  secretsmanager: () => import("@aws-sdk/client-secrets-manager"),
  ssm: () => import("@aws-sdk/client-ssm"),
  sts: () => import("@aws-sdk/client-sts"),
};

async function callOf(
  service: keyof typeof MODELS,
  operation: string,
  part: Partial<FinishedCall>,
): Promise<FinishedCall> {
  const model = new ServiceModel(await MODELS[service](), {});
  return {
    requestId: "request-1",
    at: AT,
    service: { name: service, signingName: service, protocols: [], version: "", validationErrorCode: "" },
    operation,
    model: model.operation(operation),
    caller: {
      principal: rootPrincipal(ACCOUNT, "AKIAROOT"),
      region: scope.region,
      secureTransport: false,
      at: AT,
      sourceIp: "127.0.0.1",
    },
    scope,
    sourceIp: "127.0.0.1",
    userAgent: "aws-cli/2",
    host: "localhost:4566",
    input: {},
    output: undefined,
    ...part,
  };
}

async function recordOf(service: keyof typeof MODELS, operation: string, part: Partial<FinishedCall>) {
  const event = eventOf(await callOf(service, operation, part), "event-1");
  return { ...event, record: JSON.parse(event.record) as Record<string, unknown> };
}

test("an event says who did what, when and from where", async () => {
  const { record, resources, userName } = await recordOf("ecs", "CreateCluster", {
    input: { clusterName: "one", tags: [{ key: "a", value: "b" }] },
    output: { cluster: { clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/one", clusterName: "one" } },
  });
  expect(record).toEqual({
    eventVersion: "1.11",
    userIdentity: {
      type: "Root",
      principalId: ACCOUNT,
      arn: `arn:aws:iam::${ACCOUNT}:root`,
      accountId: ACCOUNT,
      accessKeyId: "AKIAROOT",
    },
    eventTime: "2026-01-02T03:04:05Z",
    eventSource: "ecs.amazonaws.com",
    eventName: "CreateCluster",
    awsRegion: "eu-west-1",
    sourceIPAddress: "127.0.0.1",
    userAgent: "aws-cli/2",
    requestParameters: { clusterName: "one", tags: [{ key: "a", value: "b" }] },
    responseElements: {
      cluster: { clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/one", clusterName: "one" },
    },
    requestID: "request-1",
    eventID: "event-1",
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: "Management",
  });
  expect(resources.map(({ type, name }) => `${type} ${name}`).toSorted()).toEqual([
    "AWS::ECS::Cluster arn:aws:ecs:eu-west-1:123456789012:cluster/one",
    "AWS::ECS::Cluster one",
  ]);
  expect(userName).toBe("root");
});

test("a call that only reads shows no answer, and one that was refused says why", async () => {
  const { record } = await recordOf("ecs", "DescribeClusters", {
    input: { clusters: ["one"] },
    output: { clusters: [] },
    error: { code: "AccessDeniedException", message: "User: … is not authorized", status: 400 },
  });
  expect(record).toMatchObject({
    requestParameters: { clusters: ["one"] },
    responseElements: null,
    errorCode: "AccessDeniedException",
    errorMessage: "User: … is not authorized",
    readOnly: true,
  });
});

test("a key that was used is shown also when nobody named it", async () => {
  const arn = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
  const { record, resources } = await recordOf("kms", "Decrypt", { output: { KeyId: arn, Plaintext: BYTES } });
  expect(resources).toEqual([{ type: "AWS::KMS::Key", name: arn }]);
  expect(record["resources"]).toEqual([{ accountId: ACCOUNT, type: "AWS::KMS::Key", ARN: arn }]);
  const byAlias = await recordOf("kms", "Encrypt", { input: { KeyId: "alias/a" }, output: { KeyId: arn } });
  expect(byAlias.resources.map(({ name }) => name)).toEqual([arn, "alias/a"]);
});

test("times are written as CloudTrail writes them", async () => {
  const { record } = await recordOf("ecs", "RunTask", {
    output: { tasks: [{ taskArn: "arn", createdAt: new Date("2026-11-21T17:04:03Z") }] },
  });
  expect(record["responseElements"]).toEqual({ tasks: [{ taskArn: "arn", createdAt: "Nov 21, 2026, 5:04:03 PM" }] });
});

test("a session of a role is shown with the role", async () => {
  const session = { issuedAt: AT, expiresAt: AT + 3_600_000 };
  const role = { arn: `arn:aws:iam::${ACCOUNT}:role/app/web`, id: "AROAWEB" };
  const principal = rolePrincipal(role, "task-1", session, "ASIAWEB");
  const { record, userName } = await recordOf("ecs", "ListTasks", {
    caller: { principal, region: scope.region, secureTransport: false, at: AT },
    sourceIp: undefined,
    userAgent: undefined,
    host: undefined,
  } as Partial<FinishedCall>);
  expect(record["userIdentity"]).toEqual({
    type: "AssumedRole",
    principalId: "AROAWEB:task-1",
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/web/task-1`,
    accountId: ACCOUNT,
    accessKeyId: "ASIAWEB",
    sessionContext: {
      sessionIssuer: { type: "Role", principalId: "AROAWEB", arn: role.arn, accountId: ACCOUNT, userName: "web" },
      attributes: { creationDate: "2026-01-02T03:04:05Z", mfaAuthenticated: "false" },
    },
    invokedBy: "ecs-tasks.amazonaws.com",
  });
  expect(record["sourceIPAddress"]).toBe("ecs-tasks.amazonaws.com");
  expect(userName).toBe("task-1");
});

test("a call that came by HTTP is never the engine's", async () => {
  const { record } = await recordOf("ecs", "ListTasks", { sourceIp: undefined } as Partial<FinishedCall>);
  expect(record["userIdentity"]).not.toHaveProperty("invokedBy");
  expect(record).not.toHaveProperty("sourceIPAddress");
});

test("what is too long is cut off or left out", async () => {
  const long = "x".repeat(200_000);
  const { record, name } = await recordOf("ecs", "CreateCluster", {
    operation: long,
    userAgent: long,
    error: { code: "ClientException", message: long, status: 400 },
    input: { clusterName: "one", serviceConnectDefaults: { namespace: long } },
    output: { cluster: { clusterName: "one" } },
  });
  expect(name).toBe(long.slice(0, 128));
  expect(record).toMatchObject({
    eventName: long.slice(0, 128),
    userAgent: long.slice(0, 1024),
    errorMessage: long.slice(0, 1024),
    requestParameters: null,
    responseElements: { cluster: { clusterName: "one" } },
  });
});

const SECRET = "hunter2-hunter2";
const BYTES = Buffer.from(SECRET);

test.each([
  ["secretsmanager", "CreateSecret", { Name: "a", SecretString: SECRET, SecretBinary: BYTES }, { name: "a" }],
  ["secretsmanager", "PutSecretValue", { SecretId: "a", SecretString: SECRET }, { secretId: "a" }],
  ["ssm", "PutParameter", { Name: "/a", Value: SECRET }, { name: "/a", value: "HIDDEN_DUE_TO_SECURITY_REASONS" }],
  ["kms", "Encrypt", { KeyId: "k", Plaintext: BYTES }, { keyId: "k" }],
  ["iam", "CreateLoginProfile", { UserName: "u", Password: SECRET }, { userName: "u" }],
  ["iam", "ChangePassword", { OldPassword: SECRET, NewPassword: SECRET }, null],
  [
    "ecs",
    "RegisterTaskDefinition",
    {
      family: "f",
      containerDefinitions: [
        {
          name: "c",
          environment: [{ name: "PASSWORD", value: SECRET }],
          secrets: [{ name: "KEY", valueFrom: "arn" }],
          logConfiguration: { logDriver: "splunk", options: { "splunk-token": SECRET } },
        },
      ],
    },
    {
      family: "f",
      containerDefinitions: [
        {
          name: "c",
          environment: "HIDDEN_DUE_TO_SECURITY_REASONS",
          secrets: [{ name: "KEY", valueFrom: "arn" }],
          logConfiguration: { logDriver: "splunk", options: "HIDDEN_DUE_TO_SECURITY_REASONS" },
        },
      ],
    },
  ],
] as const)("%s %s does not show what it was told", async (service, operation, input, shown) => {
  const { record } = await recordOf(service, operation, { input });
  expect(record["requestParameters"]).toEqual(shown);
  expect(JSON.stringify(record)).not.toContain("hunter2");
});

test.each([
  ["iam", "CreateAccessKey", { AccessKey: { AccessKeyId: "AKIA1", SecretAccessKey: SECRET, UserName: "u" } }],
  ["ssm", "GetParameters", { Parameters: [{ Name: "/a", Value: SECRET }] }],
  ["kms", "ReEncrypt", { CiphertextBlob: BYTES, KeyId: "k" }],
  ["sts", "AssumeRole", { Credentials: { AccessKeyId: "ASIA1", SecretAccessKey: SECRET, SessionToken: "t" } }],
] as const)("%s %s does not show what it answered", async (service, operation, output) => {
  const { record } = await recordOf(service, operation, { output });
  expect(JSON.stringify(record)).not.toContain("hunter2");
});

test.each([
  ["ecs", "DescribeTasks", true],
  ["ecs", "RunTask", false],
  ["kms", "Decrypt", true],
  ["kms", "CreateGrant", false],
  ["sts", "AssumeRole", true],
  ["ecr", "BatchGetImage", true],
  ["ecr", "BatchDeleteImage", false],
  ["iam", "SimulatePrincipalPolicy", true],
])("%s %s reads only: %s", (service, operation, readOnly) => {
  expect(isReadOnly(service, operation)).toBe(readOnly);
});

test.each([
  ["s3", "PutObject", false],
  ["s3", "ListObjectsV2", false],
  ["s3", "CreateMultipartUpload", false],
  ["s3", "CreateBucket", true],
  ["s3", "PutObjectLockConfiguration", true],
  ["logs", "PutLogEvents", false],
  ["logs", "CreateLogStream", true],
  ["servicediscovery", "DiscoverInstances", false],
])("%s %s is a management event: %s", (service, operation, management) => {
  expect(isManagementEvent(service, operation)).toBe(management);
});

describe("the history", () => {
  const event = async (id: string, operation: string, at: number, clusterName: string) => {
    const { record, ...rest } = await recordOf("ecs", operation, { at, input: { clusterName, cluster: clusterName } });
    return { ...rest, eventId: id, record: JSON.stringify({ ...record, id }) };
  };

  test("lists the latest first, by any attribute, page by page", async () => {
    const store = new EventStore(":memory:");
    store.append([await event("a", "CreateCluster", AT, "one"), await event("b", "DeleteCluster", AT + 1000, "two")]);
    store.append([await event("c", "CreateCluster", AT + 2000, "two")]);
    const ids = (filter: EventFilter, range = { from: 0, to: AT + 5000 }) =>
      store.list(scope, filter, range, 10).map(({ eventId }) => eventId);
    expect(ids({})).toEqual(["c", "b", "a"]);
    expect(ids({}, { from: AT, to: AT + 1000 })).toEqual(["b"]);
    expect(ids({ eventId: "a" })).toEqual(["a"]);
    expect(ids({ name: "CreateCluster" })).toEqual(["c", "a"]);
    expect(ids({ resourceName: "two" })).toEqual(["c", "b"]);
    expect(ids({ resourceType: "AWS::ECS::Cluster" })).toEqual(["c", "b", "a"]);
    expect(ids({ userName: "root" })).toHaveLength(3);
    expect(ids({ userName: "nobody" })).toEqual([]);
    expect(ids({ readOnly: true })).toEqual([]);
    expect(ids({ source: "ecs.amazonaws.com" })).toHaveLength(3);
    expect(ids({ accessKeyId: "AKIAROOT" })).toHaveLength(3);
    const [first] = store.list(scope, {}, { from: 0, to: AT + 5000 }, 1);
    expect(JSON.parse(first!.record)).toMatchObject({ id: "c" });
    const rest = store.list(scope, {}, { from: 0, to: AT + 5000, after: first!.place }, 10);
    expect(rest.map(({ eventId }) => eventId)).toEqual(["b", "a"]);
    expect(store.list({ ...scope, region: "us-east-1" }, {}, { from: 0, to: AT + 5000 }, 10)).toEqual([]);
  });

  test("forgets what is too old, and nothing else", async () => {
    const store = new EventStore(":memory:");
    store.append([await event("c", "CreateCluster", AT + 3000, "three")]); // the clock was put back after it
    store.append([await event("a", "CreateCluster", AT, "one")]);
    store.append([await event("b", "CreateCluster", AT + 2000, "two")]);
    while (store.expireStep(AT + 1000));
    const left = store.list(scope, {}, { from: 0, to: AT + 5000 }, 10);
    expect(left.map(({ eventId }) => eventId)).toEqual(["c", "b"]);
    expect(left[1]!.record).toContain("two");
    expect(store.list(scope, { resourceName: "three" }, { from: 0, to: AT + 5000 }, 10)).toHaveLength(1);
    expect(store.list(scope, { resourceName: "one" }, { from: 0, to: AT + 5000 }, 10)).toEqual([]);
  });

  test("what could not be written is written later", async () => {
    const trail = new CloudTrail({ path: ":memory:", clock: systemClock, ids: randomIds, log: silentLogger });
    trail.start();
    const append = vi.spyOn(EventStore.prototype, "append").mockImplementationOnce(() => {
      throw new Error("database or disk is full");
    });
    const at = Math.floor(systemClock.now() / 1000) * 1000;
    const callTo = (clusterName: string) => callOf("ecs", "CreateCluster", { at, input: { clusterName } });
    // At once: it tries again after a second.
    for (const call of [await callTo("one"), await callTo("two")]) trail.called(call);
    expect(append).toHaveBeenCalledTimes(1);
    expect(trail.unwritten).toBe(2);
    expect(trail.events.list(scope, {}, { from: at, to: at }, 10)).toHaveLength(2);
    expect(trail.unwritten).toBe(0);
    trail.stop();
  });

  test("a file with other tables is made anew", async () => {
    const folder = mkdtempSync(join(tmpdir(), "neargate-events-"));
    const path = join(folder, "cloudtrail.db");
    const reopened = (change: string) => {
      const database = new DatabaseSync(path);
      database.exec(change);
      database.close();
      return new EventStore(path);
    };
    new EventStore(path).close();
    const made = reopened("drop table batch; alter table event drop column place; pragma user_version = 0");
    made.append([await event("a", "CreateCluster", AT, "one")]);
    made.close();
    const kept = reopened("");
    expect(kept.list(scope, {}, { from: 0, to: AT }, 10)).toHaveLength(1);
    kept.close();
    rmSync(folder, { recursive: true });
  });

  test("who is not known cannot fill it", async () => {
    const trail = new CloudTrail({ path: ":memory:", clock: systemClock, ids: randomIds, log: silentLogger });
    trail.start();
    const at = Math.floor(systemClock.now() / 60_000) * 60_000;
    const call = await callOf("ecs", "CreateCluster", { at });
    const stranger: FinishedCall = { ...call, caller: undefined };
    for (let i = 0; i < 1000; i++) trail.called(stranger);
    trail.called(call);
    trail.called({ ...stranger, at: at + 60_000 });
    expect(trail.events.list(scope, {}, { from: at, to: at + 60_000 }, 1000)).toHaveLength(602);
    trail.stop();
  });

  test("does not outgrow its limit: the oldest go first", async () => {
    const folder = mkdtempSync(join(tmpdir(), "neargate-events-"));
    const path = join(folder, "cloudtrail.db");
    const full = new EventStore(path);
    for (let at = 0; at < 400; at++) full.append([await event(`e${at}`, "CreateCluster", AT + at * 1000, `c${at}`)]);
    const limit = full.bytes / 2;
    full.close();
    const clock = { now: () => AT + 1_000_000, monotonic: () => 0 } as unknown as Clock;
    const trail = new CloudTrail({ path, maxBytes: limit, clock, ids: randomIds, log: silentLogger });
    trail.start();
    await expect.poll(() => trail.events.bytes, { timeout: 10_000 }).toBeLessThanOrEqual(limit);
    const left = trail.events.list(scope, {}, { from: 0, to: AT + 1_000_000 }, 1000).map(({ eventId }) => eventId);
    expect(left.length).toBeGreaterThan(0);
    expect(left[0]).toBe("e399");
    expect(left).not.toContain("e0");
    trail.stop();
    rmSync(folder, { recursive: true });
  });
});
