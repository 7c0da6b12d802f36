import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { randomIds } from "../../src/base/ids.ts";
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
const exitOf = (id: string) => expect.poll(() => harness.exits.find((exit) => exit.id === id), { timeout: 60_000 });

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
    await expect.poll(() => lines(spec), { timeout: 20_000 }).toBeGreaterThan(written);
    await backend.killContainer(spec.id, "SIGKILL");
    await exitOf(spec.id).toMatchObject({ exitCode: 137 });
  });

  test("what is asked for meanwhile is done when it is back", async () => {
    process.kill(harness.containerdPid, "SIGKILL");
    const specs = await Promise.all([started(), started(), started()]);
    for (const { id, pid } of specs) expect(await backend.inspect(id)).toMatchObject({ status: "running", pid });
  });

  test("an exit that nobody saw is told", async () => {
    const source = join(harness.folder, "word");
    mkdirSync(source);
    const spec = await started({
      command: ["/bin/sh", "-c", "until [ -e /word/go ]; do sleep 0.05; done; exit 4"],
      mounts: [{ source, destination: "/word", readOnly: true }],
    });
    process.kill(harness.containerdPid, "SIGKILL");
    writeFileSync(join(source, "go"), "");
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
    // Shortly before, containerd may still be clearing away after the shim.
    const ended = { status: "stopped", exitCode: 137 };
    await expect.poll(() => backend.inspect(spec.id), { timeout: 20_000 }).toMatchObject(ended);
  });
});

test("a container's first process killed from outside", async () => {
  const spec = await started();
  process.kill(spec.pid, "SIGKILL");
  await exitOf(spec.id).toMatchObject({ exitCode: 137, oomKilled: false });
});

test("a launch cut off anywhere is completed by repeating it, and can be removed, also as it is", async () => {
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
    await once(child, "close"); // by then all that it said has come
    backend = harness.open();
    await backend.start();
    const { taskId, phase } = said.at(-1)!;
    const spec = { ...template, taskId, id: `${taskId}-1` };
    if (phase === "launch" && round % 2 === 0) {
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
    expect(programs().filter((line) => line.includes(`-id ${taskId}`))).toEqual([]);
  }
});

test("a shim that a creation which was cut off left goes with its container", async () => {
  const id = `${randomIds.digits(9)}-1`;
  const args = ["-e", "setInterval(() => {}, 1000)", "--", "-namespace", `neargate-${harness.instance}`, "-id", id];
  const shim = spawn(process.execPath, args, { argv0: "/usr/bin/containerd-shim-runc-v2", stdio: "ignore" });
  const end = once(shim, "exit");
  try {
    await backend.removeContainer(id);
    expect(await end).toEqual([null, "SIGKILL"]);
  } finally {
    shim.kill("SIGKILL");
  }
});

test("programs whose start was under way when the engine died are ended by the next", async () => {
  // Each with a shim of its own: a start that hangs keeps others of its shim waiting.
  const [{ id: withTerminal }, { id: withProbes }] = await Promise.all([started(), started()]);
  const client = createContainerdClient(harness.socketPath, `neargate-${harness.instance}`);
  const inFolder = (name: string) => join(harness.folder, "run", name);
  const dead = new AbortController();
  type Streams = Record<"stdin" | "stdout" | "stderr", string>;
  const made = async (containerId: string, execId: string, args: string[], streams: Streams) => {
    const target = { containerId, execId };
    const terminal = streams.stdin !== "";
    const process = { ...(await processOf(client, containerId)), args, terminal };
    const program = create(AnySchema, { typeUrl: PROCESS_TYPE, value: Buffer.from(JSON.stringify(process)) });
    for (const fifo of new Set(Object.values(streams).filter(Boolean))) makeFifo(fifo);
    await client.tasks.exec({ ...target, spec: program, ...streams, terminal });
    return () => void client.tasks.start(target, { signal: dead.signal }).catch(() => {}); // nobody reads what it prints
  };
  // By these they are known among all processes of the host.
  const durations = [randomIds.digits(9), randomIds.digits(9)];
  const terminal = inFolder("terminals/terminal-1");
  writeFileSync(terminal, withTerminal);
  const streams = { stdin: `${terminal}.in`, stdout: `${terminal}.out`, stderr: "" };
  const probe = (execId: string) => {
    const output = inFolder(`exec/${execId}.${withProbes}`);
    return made(withProbes, execId, ["/bin/sleep", durations[1]!], { stdin: "", stdout: output, stderr: output });
  };
  const startTerminal = await made(withTerminal, "terminal-1", ["/bin/sleep", durations[0]!], streams);
  const startProbe = await probe("exec-1");
  await probe("exec-2"); // and never started
  makeFifo(inFolder(`exec/exec-3.${withProbes}`)); // not even made
  startTerminal();
  startProbe();
  const running = () => durations.filter((n) => programs().some((line) => line.includes(`sleep ${n}`)));
  await expect.poll(running, { timeout: 20_000 }).toEqual(durations);
  dead.abort();
  await backend.stop();
  backend = harness.open();
  await backend.start();
  await expect.poll(running, { timeout: 10_000 }).toEqual([]);
  for (const folder of ["terminals", "exec"]) expect(readdirSync(inFolder(folder)), folder).toEqual([]);
  client.close();
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
  await expect.poll(grown, { timeout: 30_000 }).toEqual([]);
});
