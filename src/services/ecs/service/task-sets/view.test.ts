import { expect, test } from "vitest";
import type { TaskSetRecord } from "./task-set-record.ts";
import { taskSetView } from "./view.ts";

const ID = "ecs-svc/0123456789012345678";

function shown(desiredCount: number, changes: Partial<TaskSetRecord>) {
  const taskSet = {
    scope: { account: "000000000000", region: "eu-west-1" },
    clusterName: "shop",
    serviceName: "web",
    status: "ACTIVE",
    deployment: { id: ID },
    scale: 50,
    plannedCount: 2,
    stability: "STEADY_STATE",
    tags: [],
    ...changes,
  } as unknown as TaskSetRecord;
  return taskSetView({ desiredCount }, taskSet, new Map([[ID, { pending: 1, running: 2 }]]), { tags: false });
}

test.each([
  ["as it was last looked at", 4, {}, 2, "STEADY_STATE"],
  ["after its scale was changed", 4, { scale: 75 }, 3, "STABILIZING"],
  ["after the service's desired count was changed", 5, {}, 3, "STABILIZING"],
  ["after a change that comes to the same", 3, {}, 2, "STEADY_STATE"],
  ["when it is deleted", 4, { status: "DRAINING", stability: "STABILIZING" } as const, 0, "STABILIZING"],
])("a task set %s", (_when, desiredCount, changes, computedDesiredCount, stabilityStatus) => {
  expect(shown(desiredCount, changes)).toMatchObject({
    id: ID,
    taskSetArn: `arn:aws:ecs:eu-west-1:000000000000:task-set/shop/web/${ID}`,
    computedDesiredCount,
    stabilityStatus,
    pendingCount: 1,
    runningCount: 2,
  });
});
