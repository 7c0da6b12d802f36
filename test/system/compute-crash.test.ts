import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ContainerSpec, PulledImage } from "../../src/compute/backend.ts";
import type { ContainerdBackend } from "../../src/compute/containerd/backend.ts";
import { createContainerdClient } from "../../src/compute/containerd/client.ts";
import { PROCESS_TYPE, processOf } from "../../src/compute/containerd/exec.ts";
import { makeFifo } from "../../src/compute/containerd/streams.ts";
import { ContainerdHarness, scope } from "./compute-harness.ts";

let harness: ContainerdHarness;
let backend: ContainerdBackend;
let image: PulledImage;

beforeAll(async () => {
  harness = await ContainerdHarness.create();
  backend = harness.open();
  await backend.start();
  const reference = await harness.addImage("crash", {
    Cmd: ["/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done"],
  });
  image = await backend.pull({ reference, scope });
});
beforeEach(() => {
  harness.exits.length = 0;
});
afterEach(removeAll);
afterAll(async () => {
  await backend.shutdown();
  expect(await harness.leftovers()).toEqual([]);
  await harness.dispose();
});

async function removeAll(): Promise<void> {
  for (const { id, taskId } of await backend.list()) {
    await backend.removeContainer(id);
    await backend.removeTaskGroup(taskId);
  }
}

async function started(overrides: Partial<ContainerSpec> = {}): Promise<ContainerSpec & { pid: number }> {
  const spec = harness.spec(image, overrides);
  await backend.ensureTaskGroup({ taskId: spec.taskId, cpuUnits: 256, memoryMiB: 512 });
  await backend.createContainer(spec);
  return { ...spec, ...(await backend.startContainer(spec.id)) };
}

/** The command lines of the host's processes. */
function programs(): string[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ")] : [];
    } catch {
      return []; // gone meanwhile
    }
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const lines = (spec: ContainerSpec) => readFileSync(spec.stdoutPath, "utf8").split("\n").length;
const exitOf = (id: string) => expect.poll(() => harness.exits.find((exit) => exit.id === id), { timeout: 20_000 });

async function mountsLeft(): Promise<string[]> {
  return (await harness.leftovers()).filter((line) => line.startsWith("overlay"));
}

async function shimOf({ taskId }: ContainerSpec): Promise<number> {
  const line = (await harness.leftovers()).find((text) => text.includes("containerd-shim") && text.includes(taskId));
  return Number(line!.split(":")[0]);
}

describe("containerd is killed", () => {
  test("containers run on, and it is started again", async () => {
    const spec = await started();
    const before = harness.containerdPid;
    process.kill(before, "SIGKILL");
    await expect.poll(() => harness.containerdPid, { timeout: 20_000 }).not.toBe(before);
    const written = lines(spec);
    expect(await backend.inspect(spec.id)).toMatchObject({ status: "running", pid: spec.pid });
    await expect.poll(() => lines(spec)).toBeGreaterThan(written);
    await backend.killContainer(spec.id, "SIGKILL");
    await exitOf(spec.id).toMatchObject({ exitCode: 137 });
  });

  test("what is asked for meanwhile is done when it is back", async () => {
    process.kill(harness.containerdPid, "SIGKILL");
    const specs = await Promise.all([started(), started(), started()]);
    for (const { id, pid } of specs) expect(await backend.inspect(id)).toMatchObject({ status: "running", pid });
  });

  test("an exit that nobody saw is told", async () => {
    const spec = await started({ command: ["/bin/sh", "-c", "sleep 0.5; exit 4"] });
    process.kill(harness.containerdPid, "SIGKILL");
    process.kill(spec.pid, "SIGSTOP"); // else it might end before containerd does
    await pause(50);
    process.kill(spec.pid, "SIGCONT");
    await exitOf(spec.id).toMatchObject({ exitCode: 4, oomKilled: false });
  });

  test("many times in a row", async () => {
    const spec = await started();
    for (let i = 0; i < 5; i++) {
      process.kill(harness.containerdPid, "SIGKILL");
      await backend.list();
    }
    expect(await backend.inspect(spec.id)).toMatchObject({ status: "running", pid: spec.pid });
  });
});

test("a containerd without its pid file is found again", async () => {
  const [spec, pid] = [await started(), harness.containerdPid];
  await backend.stop();
  rmSync(join(harness.folder, "run/containerd.pid"));
  backend = harness.open();
  await backend.start();
  expect(harness.containerdPid).toBe(pid);
  expect(await backend.inspect(spec.id)).toMatchObject({ status: "running", pid: spec.pid });
});

test("a program in a container of a shim that hangs is given up on", async () => {
  const spec = await started();
  expect(await backend.exec(spec.id, ["/bin/sleep", "60"], 300)).toEqual({ exitCode: -1, output: "" });
  const shim = await shimOf(spec);
  process.kill(shim, "SIGSTOP");
  try {
    expect(await backend.exec(spec.id, ["/bin/true"], 300)).toEqual({ exitCode: -1, output: "" });
  } finally {
    process.kill(shim, "SIGCONT");
  }
  expect(await backend.exec(spec.id, ["/bin/true"], 20_000)).toMatchObject({ exitCode: 0 });
});

describe("a shim is killed", () => {
  test("its containers are ended with 137, others are not touched", async () => {
    const [spec, other] = [await started(), await started()];
    process.kill(await shimOf(spec), "SIGKILL");
    await exitOf(spec.id).toMatchObject({ exitCode: 137, taskId: spec.taskId });
    expect(await backend.inspect(spec.id)).toMatchObject({ status: "stopped", exitCode: 137 });
    expect(await backend.inspect(other.id)).toMatchObject({ status: "running", pid: other.pid });
  });

  test("and containerd too", async () => {
    const [spec, other] = [await started(), await started()];
    const shim = await shimOf(spec);
    process.kill(harness.containerdPid, "SIGKILL");
    process.kill(shim, "SIGKILL");
    await exitOf(spec.id).toMatchObject({ exitCode: 137, taskId: spec.taskId });
    expect(await backend.inspect(other.id)).toMatchObject({ status: "running", pid: other.pid });
  });

  test("while nobody watches", async () => {
    const spec = await started();
    const shim = await shimOf(spec);
    await backend.stop();
    process.kill(shim, "SIGKILL");
    await pause(1000);
    backend = harness.open();
    await backend.start();
    expect((await backend.list()).find(({ id }) => id === spec.id)).toMatchObject({ status: "stopped", exitCode: 137 });
  });
});

test("a container's first process killed from outside", async () => {
  const spec = await started();
  process.kill(spec.pid, "SIGKILL");
  await exitOf(spec.id).toMatchObject({ exitCode: 137, oomKilled: false });
});

test("a launch cut off anywhere is completed by repeating it, and can be removed", async () => {
  const template = harness.spec(image, { command: ["/bin/sleep", "1000"] });
  const config = {
    dataFolder: join(harness.folder, "data"),
    runFolder: join(harness.folder, "run"),
    instance: harness.instance,
    port: 4566,
  };
  for (let round = 0; round < 10; round++) {
    await backend.stop();
    const said: { taskId: string; phase: "launch" | "remove" }[] = [];
    const child = fork(join(import.meta.dirname, "compute-crash-child.ts"), [
      JSON.stringify(config),
      JSON.stringify(template),
    ]);
    child.on("message", (message: { taskId: string; phase: "launch" | "remove" }) => said.push(message));
    await once(child, "message");
    await pause(round * 25);
    child.kill("SIGKILL");
    await once(child, "exit");
    backend = harness.open();
    await backend.start();
    const { taskId, phase } = said.at(-1)!;
    const spec = { ...template, taskId, id: `${taskId}-1` };
    if (phase === "launch") {
      await backend.ensureTaskGroup({ taskId, cpuUnits: 1024, memoryMiB: 512 });
      await backend.createContainer(spec);
      await backend.startContainer(spec.id);
      expect(await backend.inspect(spec.id)).toMatchObject({ status: "running" });
    }
    await backend.removeContainer(spec.id);
    await backend.removeTaskGroup(taskId);
    expect(await backend.list()).toEqual([]);
    // The one before may have lacked its very last step.
    if (said.length > 2) await backend.removeTaskGroup(said.at(-3)!.taskId);
    expect(await mountsLeft()).toEqual([]);
  }
});

test("a program whose start was under way when the engine died is ended by the next", async () => {
  const spec = await started();
  const client = createContainerdClient(harness.socketPath, `neargate-${harness.instance}`);
  const target = { containerId: spec.id, execId: "terminal-1" };
  const file = (kind: string) => join(harness.folder, "run/terminals", `${target.execId}${kind}`);
  writeFileSync(file(""), spec.id);
  for (const kind of [".in", ".out"]) makeFifo(file(kind));
  const process = { ...(await processOf(client, spec.id)), args: ["/bin/sleep", "4711"], terminal: true };
  const program = create(AnySchema, { typeUrl: PROCESS_TYPE, value: Buffer.from(JSON.stringify(process)) });
  const streams = { stdin: file(".in"), stdout: file(".out"), stderr: "", terminal: true };
  await client.tasks.exec({ ...target, spec: program, ...streams });
  const dead = new AbortController();
  client.tasks.start(target, { signal: dead.signal }).catch(() => {}); // nobody reads what it prints
  const runs = () => programs().some((line) => line.includes("sleep 4711"));
  await expect.poll(runs, { timeout: 10_000 }).toBe(true);
  dead.abort();
  await backend.stop();
  backend = harness.open();
  await backend.start();
  await expect.poll(runs, { timeout: 1000 }).toBe(false);
  expect(readdirSync(join(harness.folder, "run/terminals"))).toEqual([]);
});

test("a hundred containers leave no growth behind", async () => {
  const count = () => ({
    descriptors: readdirSync("/proc/self/fd").length,
    containerd: readdirSync(`/proc/${harness.containerdPid}/fd`).length,
    mounts: readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => line.includes(harness.folder) || line.includes(harness.instance)).length,
    snapshots: readdirSync(join(harness.folder, "data/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots"))
      .length,
    notes: readdirSync(join(harness.folder, "run/containers")).length,
  });
  await started();
  await removeAll();
  await pause(500);
  const before = count();
  for (let i = 0; i < 20; i++) {
    await Promise.all(Array.from({ length: 5 }, () => started({ command: ["/bin/true"] })));
    await removeAll();
  }
  const grown = async () => Object.entries(count()).filter(([name, n]) => n > before[name as keyof typeof before] + 3);
  await expect.poll(grown, { timeout: 10_000 }).toEqual([]);
});
