import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemClock, type Clock } from "../../base/clock.ts";
import type { ContainerSpec } from "../backend.ts";
import { registerBackendSuite } from "../backend-suite.ts";
import { SimulatedBackend } from "./backend.ts";

registerBackendSuite("simulated", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "neargate-simulated-"));
  return {
    open: () => new SimulatedBackend({ config: { dataFolder, simulatedScript: undefined }, clock: systemClock }),
    imageReference: (tag) => `registry.test/suite:${tag}`,
    networkNamespace: "/proc/self/ns/net",
    dispose: async () => rmSync(dataFolder, { recursive: true }),
  };
});

/** Time that passes when it is told to. */
function manualTime(): { clock: Clock; pass: (ms: number) => Promise<void> } {
  let now = 0;
  const sleepers: { at: number; wake: () => void }[] = [];
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      expect(ms).toBeLessThan(2 ** 31); // a longer timer of Node.js ends at once
      sleepers.push({ at: now + ms, wake: resolve });
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
  const pass = async (ms: number) => {
    now += ms;
    for (const { at, wake } of sleepers) if (at <= now) wake();
    await setImmediate();
  };
  return { clock: { now: () => now, monotonic: () => now, sleep }, pass };
}

test("a container's own end is that of its run, and may be months away", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "neargate-simulated-"));
  const { clock, pass } = manualTime();
  const backend = new SimulatedBackend({ config: { dataFolder, simulatedScript: undefined }, clock });
  await backend.start();
  const begun = async (id: string, tag: string) => {
    const image = await backend.pull({ reference: `app:${tag}`, scope: { account: "1", region: "r" } });
    const spec = { id, taskId: "t", image } as ContainerSpec;
    await backend.createContainer(spec);
    await backend.startContainer(id);
    return spec;
  };
  await begun("long", "exit-0-after-9000000s");
  const spec = await begun("again", "exit-0-after-0.5s");
  await pass(300);
  await backend.killContainer("again", "SIGKILL");
  await backend.restartContainer(spec, 1);
  await pass(350);
  expect(await backend.inspect("again")).toMatchObject({ status: "running", run: 1 });
  await pass(150);
  expect(await backend.inspect("again")).toMatchObject({ status: "stopped", exitCode: 0, run: 1 });
  expect(await backend.inspect("long")).toMatchObject({ status: "running" });
  await backend.shutdown();
  rmSync(dataFolder, { recursive: true });
});
