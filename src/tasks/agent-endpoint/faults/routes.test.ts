import { expect, test } from "vitest";
import { systemClock, type Clock } from "../../../base/clock.ts";
import { silentLogger } from "../../../base/log.ts";
import type { TaskRecord } from "../../task-record.ts";
import { faultRoutes } from "./routes.ts";

const TASK = {
  taskId: "task",
  definition: { enableFaultInjection: true },
  eni: { vpcId: "vpc-1", interfaceId: "eni-1" },
  containers: [{ id: "c1" }],
} as unknown as TaskRecord;

test("whoever waits for a change that does not end is told so, and changes nothing meanwhile", async () => {
  const begun: string[] = [];
  const never = (what: string) => {
    begun.push(what);
    return new Promise<never>(() => {});
  };
  const clock: Clock = { ...systemClock, sleep: () => systemClock.sleep(20) };
  const routes = faultRoutes({
    network: {
      runningFaults: () => never("running"),
      startFault: () => never("start"),
      stopFault: () => never("stop"),
    },
    clock,
    log: silentLogger,
  });
  const ask = async (path: string) => {
    const route = routes.find(({ pattern }) => pattern.test(`/api/c1/fault/v1/${path}`))!;
    const body = Buffer.from("{}");
    return await route.handle({ method: "POST", params: ["c1"], body, caller: TASK });
  };
  expect(await ask("network-latency/status")).toEqual({
    status: 500,
    body: { Error: "check status network-latency: request timed out" },
  });
  expect(await ask("network-packet-loss/stop")).toEqual({
    status: 500,
    body: { Error: "stop network-packet-loss: request timed out" },
  });
  expect(begun).toEqual(["running"]);
});
