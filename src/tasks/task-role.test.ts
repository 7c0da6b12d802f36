import { expect, test } from "vitest";
import { Sessions } from "../identity/sessions.ts";
import { taskCredentials, taskRoleArn, taskRoleKeys } from "./task-role.ts";
import type { TaskRecord } from "./task-record.ts";

const HOUR = 3_600_000;
const CREATED = Date.parse("2026-01-01T00:00:00.700Z");
const ROLE = "arn:aws:iam::000000000000:role/worker";
const sessions = new Sessions(Buffer.alloc(32, 7));

function task(changes: Partial<TaskRecord> = {}): TaskRecord {
  return {
    scope: { account: "000000000000", region: "us-east-1" },
    taskId: "0123456789abcdef0123456789abcdef",
    definition: { taskRoleArn: ROLE },
    overrides: {},
    credentialsId: "id",
    createdAt: new Date(CREATED),
    lastStatus: "RUNNING",
    ...changes,
  } as TaskRecord;
}

test("the override's role comes before the definition's; a name is one of the account's", () => {
  expect(taskRoleArn(task())).toBe(ROLE);
  expect(taskRoleArn(task({ overrides: { taskRoleArn: "other" } }))).toBe("arn:aws:iam::000000000000:role/other");
  expect(taskRoleArn(task({ definition: {} }))).toBeUndefined();
});

test("credentials live six hours and are renewed an hour before they end", () => {
  const at = (hours: number) => taskCredentials(task(), sessions, CREATED + hours * HOUR)!;
  expect(at(0).expiresAt).toBe(Date.parse("2026-01-01T06:00:00Z"));
  expect(at(4.9)).toEqual(at(0));
  expect(at(5.1).expiresAt).toBe(Date.parse("2026-01-01T11:00:00Z"));
  expect(at(5.1).accessKeyId).not.toBe(at(0).accessKeyId);
  for (let hours = 0; hours < 100; hours += 0.5)
    expect(at(hours).expiresAt - (CREATED + hours * HOUR)).toBeGreaterThan(0.99 * HOUR);
  expect(at(-1)).toEqual(at(0)); // a clock that was set back
});

test("a task without a role has none", () => {
  expect(taskCredentials(task({ definition: {} }), sessions, CREATED)).toBeUndefined();
  expect(taskCredentials(task({ credentialsId: undefined }), sessions, CREATED)).toBeUndefined();
});

test.each([
  ["a task that runs", task(), true],
  ["one that stops", task({ lastStatus: "STOPPING", desiredStatus: "STOPPED" }), true],
  ["one that has stopped", task({ lastStatus: "STOPPED" }), false],
  ["one that is forgotten", undefined, false],
])("the keys of %s", async (_, stored, works) => {
  const { accessKeyId, sessionToken } = taskCredentials(task(), sessions, CREATED)!;
  const asked: unknown[] = [];
  const find = taskRoleKeys(sessions, {
    get: async (scope, taskId) => {
      asked.push(scope.account, scope.region, taskId);
      return stored;
    },
  });
  expect((await find(accessKeyId, sessionToken)) !== undefined).toBe(works);
  expect(asked).toEqual(["000000000000", "us-east-1", task().taskId]);
  expect(await find(accessKeyId, undefined)).toBeUndefined();
  expect(await find(accessKeyId, "forged")).toBeUndefined();
});
