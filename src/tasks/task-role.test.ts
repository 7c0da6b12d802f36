import { expect, test } from "vitest";
import { emptyDirectory } from "../identity/empty-directory.ts";
import { anyRoles, type RoleUse } from "../identity/service-roles.ts";
import { Sessions } from "../identity/sessions.ts";
import { TaskRoles, executionRoleArn, taskLives, taskRoleArn } from "./task-role.ts";
import type { TaskRecord } from "./task-record.ts";

const HOUR = 3_600_000;
const CREATED = Date.parse("2026-01-01T00:00:00.700Z");
const ROLE = "arn:aws:iam::000000000000:role/path/worker";
const TASK_ID = "0123456789abcdef0123456789abcdef";
const sessions = new Sessions(Buffer.alloc(32, 7));
const roles = new TaskRoles(sessions, anyRoles(emptyDirectory));

function task(changes: Partial<TaskRecord> = {}): TaskRecord {
  return {
    scope: { account: "000000000000", region: "us-east-1" },
    taskId: TASK_ID,
    taskArn: `arn:aws:ecs:us-east-1:000000000000:task/c/${TASK_ID}`,
    definition: { taskRoleArn: ROLE, executionRoleArn: "arn:aws:iam::000000000000:role/exec" },
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
  const overrides = { executionRoleArn: "arn:aws:iam::000000000000:role/other" };
  expect(executionRoleArn(task())).toBe("arn:aws:iam::000000000000:role/exec");
  expect(executionRoleArn(task({ overrides }))).toBe(overrides.executionRoleArn);
});

test("credentials live six hours and are renewed an hour before they end", async () => {
  const at = async (hours: number) => (await roles.credentials(task(), CREATED + hours * HOUR))!;
  expect((await at(0)).expiresAt).toBe(Date.parse("2026-01-01T06:00:00Z"));
  expect(await at(4.9)).toEqual(await at(0));
  expect((await at(5.1)).expiresAt).toBe(Date.parse("2026-01-01T11:00:00Z"));
  expect((await at(5.1)).accessKeyId).not.toBe((await at(0)).accessKeyId);
  for (let hours = 0; hours < 100; hours += 0.5)
    expect((await at(hours)).expiresAt - (CREATED + hours * HOUR)).toBeGreaterThan(0.99 * HOUR);
  expect(await at(-1)).toEqual(await at(0)); // a clock that was set back
});

test("a task without a role has none", async () => {
  expect(await roles.credentials(task({ definition: {} }), CREATED)).toBeUndefined();
  expect(await roles.credentials(task({ credentialsId: undefined }), CREATED)).toBeUndefined();
  expect(await roles.executionCaller(task({ definition: {} }), CREATED)).toBeUndefined();
});

test("credentials are of the real role, named after the task, as long as the role lets tasks have it", async () => {
  const asked: [string, string, RoleUse][] = [];
  let role: { arn: string; id: string } | undefined = { arn: ROLE, id: "AROAREAL" };
  const real = new TaskRoles(sessions, {
    takeOn: async (...arguments_) => {
      asked.push(arguments_);
      return role;
    },
  });
  const { accessKeyId, sessionToken } = (await real.credentials(task(), CREATED))!;
  expect(sessions.find(accessKeyId, sessionToken)).toMatchObject({
    session: { taskId: TASK_ID, region: "us-east-1" },
    key: {
      principal: {
        arn: `arn:aws:sts::000000000000:assumed-role/worker/${TASK_ID}`,
        userId: `AROAREAL:${TASK_ID}`,
        roleArn: ROLE,
      },
    },
  });
  expect(asked).toEqual([
    [
      ROLE,
      "ecs-tasks.amazonaws.com",
      { account: "000000000000", region: "us-east-1", arn: task().taskArn, at: CREATED },
    ],
  ]);
  expect(await real.executionCaller(task(), CREATED)).toMatchObject({
    principal: { type: "AssumedRole", sessionName: TASK_ID, accessKeyId: "", session: { issuedAt: CREATED - 700 } },
    region: "us-east-1",
  });
  role = undefined;
  expect(await real.credentials(task(), CREATED)).toBeUndefined();
  expect(await real.executionCaller(task(), CREATED)).toBeUndefined();
});

test.each([
  ["runs", task(), true],
  ["stops", task({ lastStatus: "STOPPING", desiredStatus: "STOPPED" }), true],
  ["has stopped", task({ lastStatus: "STOPPED" }), false],
  ["is forgotten", undefined, false],
])("a task that %s: whether it lives", async (_, stored, lives) => {
  expect(await taskLives({ get: async () => stored })(task().scope, TASK_ID)).toBe(lives);
});
