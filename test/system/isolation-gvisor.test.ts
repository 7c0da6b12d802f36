import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ContainerSpec, PulledImage } from "../../src/compute/backend.ts";
import type { ContainerdBackend } from "../../src/compute/containerd/backend.ts";
import { tiersHere } from "../support/tiers.ts";
import { ContainerdHarness, scope } from "./compute-harness.ts";

/** What only sandboxes have: several containers in one. All else is in the backend's suite, which runs on both tiers. */
describe.runIf((await tiersHere()).includes("gvisor"))("a gVisor sandbox", () => {
  let harness: ContainerdHarness;
  let backend: ContainerdBackend;
  let image: PulledImage;

  beforeAll(async () => {
    harness = await ContainerdHarness.create("gvisor");
    backend = harness.open();
    await backend.start();
    image = await backend.pull({ reference: await harness.addImage("plain", {}), scope });
  });
  afterAll(async () => {
    await backend.shutdown();
    await harness.dispose();
  });

  const sh = (script: string) => ({ command: ["/bin/sh", "-c", script] });
  const exitOf = (id: string) => expect.poll(() => harness.exits.find((exit) => exit.id === id), { timeout: 60_000 });

  async function started(taskId: string, overrides: Partial<ContainerSpec>, memoryMiB = 512): Promise<ContainerSpec> {
    const spec = harness.spec(image, { taskId, ...overrides });
    await backend.ensureTaskGroup({ taskId, cpuUnits: 1024, memoryMiB, isolation: "gvisor" });
    await backend.createContainer(spec);
    await backend.startContainer(spec.id);
    return spec;
  }

  async function removed(...specs: ContainerSpec[]): Promise<void> {
    await Promise.all(specs.map(({ id }) => backend.removeContainer(id)));
    for (const taskId of new Set(specs.map((spec) => spec.taskId))) await backend.removeTaskGroup(taskId);
  }

  /** Of a task: the process of its sandbox, and those that stand for its containers. */
  async function processes(taskId: string): Promise<string[]> {
    return (await harness.leftovers()).filter((line) => /^\d+: /.test(line) && line.includes(taskId));
  }

  test("is one for all containers of a task, which share localhost, and goes with the last of them", async () => {
    const taskId = `share${harness.instance}`;
    const [server, client] = await Promise.all([
      started(taskId, sh("echo hello > /tmp/index.html; exec httpd -f -p 127.0.0.1:80 -h /tmp")),
      started(taskId, sh("until wget -q -O - http://127.0.0.1/; do sleep 0.1; done; uname -r; exit 3")),
    ]);
    await exitOf(client.id).toMatchObject({ exitCode: 3, oomKilled: false });
    expect(readFileSync(client.stdoutPath, "utf8")).toMatch(/^hello\n4\.4\.0/); // the kernel that gVisor says it is
    expect((await processes(taskId)).filter((line) => / boot /.test(line))).toHaveLength(1);
    expect((await backend.list()).map(({ id }) => id).sort()).toEqual([server.id, client.id].sort());
    expect(await backend.inspect(server.id)).toMatchObject({ status: "running" });
    await Promise.all([server, client].map(({ id }) => backend.removeContainer(id)));
    await expect.poll(() => processes(taskId), { timeout: 20_000 }).toEqual([]); // its shim ends a moment later
    await removed(server, client);
  });

  test("has the limits of the task: beyond its memory it ends whole, and it is known why", async () => {
    const taskId = `memory${harness.instance}`;
    const quiet = await started(taskId, sh("exec sleep 1000"), 96);
    const greedy = await started(taskId, { command: ["/bin/tail", "/dev/zero"] }, 96);
    for (const { id } of [quiet, greedy]) await exitOf(id).toMatchObject({ exitCode: 137, oomKilled: true });
    await removed(quiet, greedy);
  });

  test("keeps processes of containers apart, unless the task shares them", async () => {
    const count = sh("ls -d /proc/[0-9]* | wc -l; sleep 1000");
    const [apart, together] = [`apart${harness.instance}`, `together${harness.instance}`];
    const specs = [
      await started(apart, sh("sleep 1000")),
      await started(apart, count),
      await started(together, { ...sh("sleep 1000"), sharedPids: true }),
      await started(together, { ...count, sharedPids: true }),
    ];
    const counted = async (spec: ContainerSpec) => {
      await expect.poll(() => readFileSync(spec.stdoutPath, "utf8"), { timeout: 20_000 }).toMatch(/\d/);
      return Number(readFileSync(spec.stdoutPath, "utf8"));
    };
    // The shell, ls and perhaps wc; with the first container's, and the one that holds the sandbox.
    expect(await counted(specs[1]!)).toBeLessThan(4);
    expect(await counted(specs[3]!)).toBeGreaterThan(3);
    await removed(...specs);
  });

  test("a program beside a container's that takes too long is killed in the sandbox too", async () => {
    const spec = await started(`late${harness.instance}`, sh("exec sleep 1000"));
    const before = performance.now();
    await backend.exec(spec.id, ["/bin/true"], 60_000);
    const enough = Math.ceil(Math.max(2000, 10 * (performance.now() - before))); // to begin, on any machine
    expect(await backend.exec(spec.id, sh("echo begun; exec sleep 2000").command, enough)).toEqual({
      exitCode: -1,
      output: "begun\n",
    });
    const { output } = await backend.exec(spec.id, ["/bin/ps"], 60_000);
    expect(output).toContain("sleep 1000");
    expect(output).not.toContain("sleep 2000");
    await removed(spec);
  });

  test("a program that is not there", async () => {
    const taskId = `missing${harness.instance}`;
    await expect(started(taskId, { command: ["/bin/missing"] })).rejects.toMatchObject({
      name: "CannotStartContainerError",
      message: expect.stringContaining("/bin/missing"),
    });
    for (const state of await backend.list()) await backend.removeContainer(state.id);
    await backend.removeTaskGroup(taskId);
  });
});
