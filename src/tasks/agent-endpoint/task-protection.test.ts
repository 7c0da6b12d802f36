import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { AwsError } from "../../base/errors.ts";
import { emptyDirectory } from "../../identity/empty-directory.ts";
import { anyRoles } from "../../identity/service-roles.ts";
import { Sessions } from "../../identity/sessions.ts";
import { TaskRoles } from "../task-role.ts";
import type { TaskRecord } from "../task-record.ts";
import { credentialsRoute } from "./credentials.ts";
import type { AgentRequest } from "./route.ts";
import { taskProtectionRoute, type ProtectionWish, type TaskProtection } from "./task-protection.ts";

const ARN = "arn:aws:ecs:us-east-1:000000000000:task/test/0123456789abcdef0123456789abcdef";
const TASK = {
  scope: { account: "000000000000", region: "us-east-1" },
  taskId: "0123456789abcdef0123456789abcdef",
  taskArn: ARN,
  definition: { taskRoleArn: "arn:aws:iam::000000000000:role/worker" },
  overrides: {},
  credentialsId: "own",
  containers: [{ id: "c1" }],
  createdAt: new Date(0),
} as unknown as TaskRecord;

function request(changes: Partial<AgentRequest> & { json?: string }): AgentRequest {
  const { json = "", ...rest } = changes;
  return {
    method: "GET",
    params: ["c1"],
    body: Buffer.from(json),
    caller: TASK,
    ...rest,
  };
}

const put = (json: string) => request({ method: "PUT", json });

/** Asks a route whose ECS answers with what `result` says, when that is there. */
function ask(asked: AgentRequest, result: unknown = { protectedTasks: [{ taskArn: ARN, protectionEnabled: false }] }) {
  const wishes: (ProtectionWish | "get")[] = [];
  const answer = async (wish: ProtectionWish | "get") => {
    wishes.push(wish);
    if (result instanceof Error) throw result;
    return result as Awaited<ReturnType<TaskProtection["get"]>>;
  };
  const route = taskProtectionRoute({
    protection: { get: () => answer("get"), update: (_, wish) => answer(wish) },
    ids: { uuid: () => "request" },
    clock: systemClock,
  });
  return Promise.resolve(route.handle(asked)).then((got) => ({ got, wishes }));
}

afterEach(() => vi.useRealTimers());

test("the state of a task", async () => {
  const body = { protection: { ExpirationDate: null, ProtectionEnabled: false, TaskArn: ARN } };
  expect(await ask(request({}))).toEqual({ got: { status: 200, body }, wishes: ["get"] });
  const expirationDate = new Date("2026-01-01T02:00:00Z");
  const { got } = await ask(put('{"ProtectionEnabled":true}'), {
    protectedTasks: [{ taskArn: ARN, protectionEnabled: true, expirationDate }],
  });
  expect(got).toMatchObject({ body: { protection: { ExpirationDate: "2026-01-01T02:00:00Z" } } });
});

test.each([
  ['{"ProtectionEnabled":true}', { protectionEnabled: true }],
  ['{"protectionenabled":false}', { protectionEnabled: false }],
  ['{"ProtectionEnabled":true,"ExpiresInMinutes":60}', { protectionEnabled: true, expiresInMinutes: 60 }],
  ['{"ProtectionEnabled":true,"ExpiresInMinutes":null}', { protectionEnabled: true }],
])("PUT %s", async (json, wish) => {
  expect((await ask(put(json))).wishes).toEqual([wish]);
});

// The agent decodes before it asks whose request it is.
const UNDECODABLE = { Message: "UpdateTaskProtection: failed to decode request" };
const INCOMPLETE = { Arn: ARN, Message: "Invalid request: does not contain 'ProtectionEnabled' field" };
test.each([
  ["", UNDECODABLE],
  ["true", UNDECODABLE],
  ["[]", UNDECODABLE],
  ['{"ProtectionEnabled":"true"}', UNDECODABLE],
  ['{"ProtectionEnabled":true,"ExpiresInMinutes":1.5}', UNDECODABLE],
  ['{"ProtectionEnabled":true,"Other":1}', UNDECODABLE],
  ["{}", INCOMPLETE],
  ['{"ExpiresInMinutes":5}', INCOMPLETE],
])("PUT %s is refused", async (json, what) => {
  const error = { Code: "InvalidParameterException", ...what };
  expect(await ask(put(json))).toEqual({ got: { status: 400, body: { error } }, wishes: [] });
});

test("a container that is not the caller's, and a caller that is no task", async () => {
  for (const changes of [{ params: ["c2"] }, { caller: undefined }])
    expect(await ask(request(changes))).toEqual({
      got: {
        status: 404,
        body: {
          error: { Code: "ResourceNotFoundException", Message: "Failed to find a task for the request" },
        },
      },
      wishes: [],
    });
});

test("a task without a role may not", async () => {
  const { got } = await ask(request({ caller: { ...TASK, credentialsId: undefined } }));
  expect(got).toEqual({
    status: 403,
    body: {
      error: {
        Arn: ARN,
        Code: "AccessDeniedException",
        Message: "Invalid Request: no task IAM role credentials available for task",
      },
    },
  });
});

test("failures and errors of ECS", async () => {
  expect((await ask(request({}), { failures: [{ arn: ARN, reason: "TASK_NOT_VALID" }] })).got).toEqual({
    status: 200,
    body: { failure: { Arn: ARN, Detail: null, Reason: "TASK_NOT_VALID" } },
  });
  expect((await ask(request({}), new AwsError("InvalidParameterException", "no"))).got).toEqual({
    status: 400,
    body: { requestID: "request", error: { Arn: ARN, Code: "InvalidParameterException", Message: "no" } },
  });
});

test.each([request({}), put('{"ProtectionEnabled":true}')])("$method, and no answer of ECS in time", async (asked) => {
  vi.useFakeTimers();
  const answered = vi.fn();
  const asking = ask(asked, new Promise(() => {})).then(answered);
  await vi.advanceTimersByTimeAsync(3999);
  expect(answered).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await asking;
  const error = { Arn: ARN, Code: "RequestCanceled", Message: "Timed out calling ECS Task Protection API" };
  expect(answered.mock.lastCall).toMatchObject([{ got: { status: 504, body: { error } } }]);
});

test("credentials go to the task that they are of, and to no other", async () => {
  const route = credentialsRoute(new TaskRoles(new Sessions(Buffer.alloc(32)), anyRoles(emptyDirectory)), {
    now: () => 1000,
  });
  const answer = async (params: string[], caller: TaskRecord | undefined = TASK) =>
    await route.handle(request({ params, caller }));
  expect(await answer(["own"])).toMatchObject({
    status: 200,
    body: {
      RoleArn: "arn:aws:iam::000000000000:role/worker",
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SecretAccessKey: expect.any(String),
      Token: expect.any(String),
      Expiration: "1970-01-01T06:00:00Z",
    },
  });
  const refused = { code: "InvalidIdInRequest", message: "CredentialsV2Request: Credentials not found" };
  const without = { ...TASK, credentialsId: undefined };
  for (const [params, caller] of [
    [["foreign"], TASK],
    [["own"], { ...TASK, credentialsId: "foreign" }],
    [["undefined"], without],
  ] as const)
    expect(await answer([...params], caller)).toEqual({ status: 400, body: { ...refused, HTTPErrorCode: 400 } });
  expect(await route.handle(request({ params: ["own"], caller: undefined }))).toMatchObject({ body: refused });
  expect(await answer([""])).toMatchObject({
    status: 400,
    body: { code: "NoIdInRequest", message: "CredentialsV2Request: No Credential ID in the request" },
  });
});
