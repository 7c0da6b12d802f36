import { expect, test } from "vitest";
import { silentLogger } from "../base/log.ts";
import { sqliteDialect } from "../store/sqlite.ts";
import { Store } from "../store/store.ts";
import type { TaskRecord } from "./task-record.ts";
import { TaskStore } from "./task-store.ts";

function task(taskId: string, createdAt: number, changes: Partial<TaskRecord> = {}): TaskRecord {
  return {
    scope: { account: "000000000000", region: "us-east-1" },
    taskId,
    clusterArn: "cluster",
    definition: { family: "family" },
    group: "family:family",
    desiredStatus: "RUNNING",
    lastStatus: "RUNNING",
    eni: { vpcId: "vpc-1", privateIp: "10.0.0.5" },
    createdAt: new Date(createdAt),
    ...changes,
  } as TaskRecord;
}

test("an address is the newest task's, also while its last owner has not ended", async () => {
  const store = new Store(sqliteDialect(":memory:"), silentLogger);
  const tasks = new TaskStore(store);
  await store.open();
  const at = async (vpcId: string) => (await tasks.atAddress(vpcId, "10.0.0.5"))?.taskId;
  await tasks.insert(task("b", 2000));
  await tasks.insert(task("a", 1000, { lastStatus: "DEPROVISIONING" }));
  await tasks.insert(task("c", 3000, { lastStatus: "STOPPED" }));
  expect(await at("vpc-1")).toBe("b");
  await tasks.update(task("b", 0).scope, "b", (now) => ({ ...now, lastStatus: "STOPPED" }));
  expect(await at("vpc-1")).toBe("a");
  expect(await at("vpc-2")).toBeUndefined();
  await store.close();
});
