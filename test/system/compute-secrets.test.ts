import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ContainerSpec } from "../../src/compute/backend.ts";
import type { ContainerdBackend } from "../../src/compute/containerd/backend.ts";
import { run } from "../support/command.ts";
import { PATIENCE } from "../support/patience.ts";
import { tiersHere } from "../support/tiers.ts";
import { ContainerdHarness, scope } from "./compute-harness.ts";

const SECRET = "do-not-tell-0815 'quoted' \"twice\"\nand a line";

describe.each(await tiersHere())("containers with secrets on %s", (tier) => {
  let harness: ContainerdHarness;
  let backend: ContainerdBackend;
  let spec: ContainerSpec;

  beforeAll(async () => {
    harness = await ContainerdHarness.create(tier);
    backend = harness.open();
    await backend.start();
    const image = await backend.pull({
      reference: await harness.addImage("plain", { Env: ["A=image", "B=image"] }),
      scope,
    });
    spec = harness.spec(image, {
      command: ["/bin/sh", "-c", 'printf "%s|%s|%s\\n" "$A" "$B" "$C"; exec sleep 1000'],
      environment: { B: "own", C: "own" },
      secrets: { B: "secret-B", C: SECRET },
    });
    await backend.ensureTaskGroup({ taskId: spec.taskId, cpuUnits: 256, memoryMiB: 512, isolation: tier });
  });
  afterAll(async () => {
    await backend.removeContainer(spec.id);
    await backend.removeTaskGroup(spec.taskId);
    await backend.shutdown();
    await harness.dispose();
  });

  const output = () => readFileSync(spec.stdoutPath, "utf8");
  const line = `image|secret-B|${SECRET}\n`;

  test("have them, also in programs beside theirs, after a restart, and with an engine that was killed before it", async () => {
    await backend.createContainer(spec);
    await backend.stop();
    backend = harness.open();
    await backend.start();
    await backend.startContainer(spec.id);
    await expect.poll(output, { timeout: 20_000 * PATIENCE }).toBe(line);
    const probe = await backend.exec(spec.id, ["/bin/sh", "-c", 'printf "%s %s" "$B" $(ulimit -c)'], 30_000);
    expect(probe).toEqual({ exitCode: 0, output: "secret-B 0" });
    await backend.killContainer(spec.id, "SIGKILL");
    const hasEnded = () => harness.exits.some((exit) => exit.id === spec.id);
    await expect.poll(hasEnded, { timeout: 20_000 * PATIENCE }).toBe(true);
    await backend.restartContainer(spec, 1);
    await expect.poll(output, { timeout: 20_000 * PATIENCE }).toBe(line + line);
  });

  test("are in no file that lasts, and in none that is left", async () => {
    const kept = join(harness.folder, "run/secrets");
    expect(readdirSync(kept)).toEqual([`${spec.id}.json`]);
    expect(statSync(join(kept, `${spec.id}.json`)).mode & 0o777).toBe(0o600);
    const search = join(import.meta.dirname, "../support/search_folder.py");
    expect(await run("python3", [search, join(harness.folder, "data")], { input: "do-not-tell-0815" })).toBe("");
    await backend.removeContainer(spec.id);
    expect(readdirSync(kept)).toEqual([]);
  });
});
