import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemClock } from "../../base/clock.ts";
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

test("a container's own end is that of its run, and may be months away", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "neargate-simulated-"));
  const backend = new SimulatedBackend({ config: { dataFolder, simulatedScript: undefined }, clock: systemClock });
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
  await setTimeout(300);
  await backend.killContainer("again", "SIGKILL");
  await backend.restartContainer(spec, 1);
  await setTimeout(350);
  expect(await backend.inspect("again")).toMatchObject({ status: "running", run: 1 });
  expect(await backend.inspect("long")).toMatchObject({ status: "running" });
  await backend.shutdown();
  rmSync(dataFolder, { recursive: true });
});
