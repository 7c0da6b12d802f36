import { expect, test } from "vitest";
import { TaskFiles } from "./task-files.ts";
import type { TaskRecord } from "./task-record.ts";

test.each([
  { logMode: undefined, mode: undefined, waits: 10_485_760 },
  { logMode: "blocking", mode: undefined, waits: undefined },
  { logMode: "blocking", mode: "non-blocking", waits: 10_485_760 },
  { logMode: undefined, mode: "blocking", waits: undefined },
])("log mode: the account's $logMode, the container's $mode", ({ logMode, mode, waits }) => {
  const options = { "awslogs-group": "g", "awslogs-stream-prefix": "p", ...(mode ? { mode } : {}) };
  const task = {
    taskId: "t",
    scope: { account: "000000000000", region: "eu-west-1" },
    definition: { containerDefinitions: [{ name: "app", logConfiguration: { logDriver: "awslogs", options } }] },
    containers: [{ id: "c", name: "app" }],
    ...(logMode ? { logMode } : {}),
  } as unknown as TaskRecord;
  const route = new TaskFiles("/data").logRoute(task, task.containers[0]!);
  expect(route).toBeDefined();
  expect(route!.maxBufferBytes).toBe(waits);
});
