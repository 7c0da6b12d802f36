import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ContainerSpec } from "../../src/compute/backend.ts";
import type { ContainerdBackend } from "../../src/compute/containerd/backend.ts";
import { PATIENCE } from "../support/patience.ts";
import { ContainerdHarness, scope } from "./compute-harness.ts";
import type { LayerFiles, TestImageConfig } from "./compute-images.ts";

let harness: ContainerdHarness;
let backend: ContainerdBackend;
/** Task groups to remove after a test. */
const groups: string[] = [];

beforeAll(async () => {
  harness = await ContainerdHarness.create();
  backend = harness.open();
  await backend.start();
});
afterEach(async () => {
  for (const { id, taskId } of await backend.list()) {
    await backend.removeContainer(id);
    await backend.removeTaskGroup(taskId);
  }
  for (const taskId of groups.splice(0)) await backend.removeTaskGroup(taskId);
});
afterAll(async () => {
  await backend.shutdown();
  await harness.dispose();
});

async function image(name: string, config: TestImageConfig = {}, files: LayerFiles = {}) {
  return backend.pull({ reference: await harness.addImage(name, config, files), scope });
}

async function started(
  overrides: Partial<ContainerSpec>,
  config: TestImageConfig = {},
  memoryMiB = 512,
): Promise<ContainerSpec> {
  const spec = harness.spec(await image("plain", config), overrides);
  await create(spec, memoryMiB);
  await backend.startContainer(spec.id);
  return spec;
}

async function create(spec: ContainerSpec, memoryMiB = 512): Promise<void> {
  groups.push(spec.taskId);
  await backend.ensureTaskGroup({ taskId: spec.taskId, cpuUnits: 256, memoryMiB });
  await backend.createContainer(spec);
}

const exitOf = (id: string, timeout = 20_000) =>
  expect.poll(() => harness.exits.find((exit) => exit.id === id), { timeout: timeout * PATIENCE });

/** Waits for the end of a container, and until its shim has passed on all that it wrote: when it is removed. */
async function ended({ id }: ContainerSpec): Promise<void> {
  await exitOf(id).toBeDefined();
  await backend.removeContainer(id);
}

/** Runs a container to its end and returns what it wrote. */
async function outputOf(overrides: Partial<ContainerSpec>, config: TestImageConfig = {}): Promise<string> {
  const spec = await started(overrides, config);
  await ended(spec);
  return readFileSync(spec.stdoutPath, "utf8") + readFileSync(spec.stderrPath, "utf8");
}

const sh = (script: string) => ["/bin/sh", "-c", script];

describe("what a container is made of", () => {
  test("environment: defaults, the image's, the task's", async () => {
    const output = await outputOf(
      { command: ["/bin/env"], environment: { B: "own", C: "new" } },
      { Env: ["A=image", "B=image", "PATH=/bin:/opt/bin"] },
    );
    expect(output.split("\n").filter(Boolean).sort()).toEqual([
      "A=image",
      "B=own",
      "C=new",
      "HOME=/root",
      "HOSTNAME=ip-10-0-0-5.ec2.internal",
      "PATH=/bin:/opt/bin",
    ]);
  });

  test("entry point and command merge as with Docker", async () => {
    const config = { Entrypoint: ["/bin/echo", "entry"], Cmd: ["image"] };
    expect(await outputOf({}, config)).toBe("entry image\n");
    expect(await outputOf({ command: ["own"] }, config)).toBe("entry own\n");
    expect(await outputOf({ entryPoint: ["/bin/echo", "only"] }, config)).toBe("only\n");
    expect(await outputOf({ entryPoint: ["/bin/echo"], command: ["both"] }, config)).toBe("both\n");
    await expect(started({})).rejects.toMatchObject({
      name: "CannotCreateContainerError",
      message: "no command specified",
    });
  });

  test("users by name and number, with their groups; numbers that would wrap are refused", async () => {
    const command = ["/bin/id"];
    expect(await outputOf({ command }, { User: "web" })).toBe("uid=1001(web) gid=1002(web) groups=2000(extra)\n");
    expect(await outputOf({ command, user: "1001:0" }, { User: "root" })).toBe("uid=1001(web) gid=0(root)\n");
    expect(await outputOf({ command, user: "4242" })).toBe("uid=4242 gid=0(root)\n");
    await expect(started({ command, user: "2147483648" })).rejects.toThrow(
      "uids and gids must be in range 0-2147483647",
    );
    await expect(started({ command, user: "nobody" })).rejects.toMatchObject({
      name: "CannotCreateContainerError",
      message: "unable to find user nobody: no matching entries in passwd file",
    });
  });

  test("an image's links cannot make us read the host's users", async () => {
    const pulled = await image(
      "linked",
      { User: "root", Cmd: ["/bin/id"] },
      { "etc/passwd": "link:../../../../../../etc/shadow", "etc/group": "link:/proc/1/environ" },
    );
    const spec = harness.spec(pulled, { user: "daemon" });
    await expect(create(spec)).rejects.toThrow("unable to find user daemon");
  });

  test("an image's owners and set-user-id bits are kept, also numbers beyond those that a user may have", async () => {
    const command = sh("ls -ln /tool | head -c 60");
    const pulled = await image("owned", {}, { tool: "set-user-id:2147483648" });
    const spec = harness.spec(pulled, { command });
    await create(spec);
    await backend.startContainer(spec.id);
    await ended(spec);
    expect(readFileSync(spec.stdoutPath, "utf8")).toMatch(/^-rwsr-xr-x +1 2147483648 2147483648 /);
    await expect(image("long", {}, { ["x".repeat(300)]: "" })).rejects.toThrow("file name too long");
  });

  test("the working directory is made when the image lacks it", async () => {
    expect(await outputOf({ command: sh("pwd") }, { WorkingDir: "/srv/app" })).toBe("/srv/app\n");
    expect(await outputOf({ command: sh("pwd"), workingDirectory: "/other" }, { WorkingDir: "/srv/app" })).toBe(
      "/other\n",
    );
  });

  test("capabilities are Docker's, with what is added and dropped", async () => {
    const command = sh("grep -E 'Cap(Bnd|Eff|Inh|Amb)' /proc/self/status");
    const fields = (set: string, inherited: string) =>
      `CapInh:\t${inherited}\nCapEff:\t${set}\nCapBnd:\t${set}\nCapAmb:\t${inherited}\n`;
    const none = "0".repeat(16);
    expect(await outputOf({ command })).toBe(fields("00000000a80425fb", none));
    expect(await outputOf({ command, capabilities: { add: ["SYS_PTRACE"], drop: ["ALL"] } })).toBe(
      fields("0000000000080000", none),
    );
  });

  test("system calls are filtered, new privileges are not forbidden", async () => {
    const output = await outputOf({
      command: sh(
        "grep -E '^(Seccomp|NoNewPrivs):' /proc/self/status; mount -t tmpfs none /tmp; ip link add x type dummy",
      ),
    });
    expect(output).toContain("NoNewPrivs:\t0");
    expect(output).toContain("Seccomp:\t2");
    expect(output.match(/denied|not permitted/gi)?.length).toBe(2);
  });

  test("what concerns the host is masked or read-only", async () => {
    const output = await outputOf({
      command: sh(
        "wc -c < /proc/timer_list; ls /sys/firmware; echo 1 > /proc/sys/vm/swappiness; touch /sys/x; grep -c /neargate- /proc/self/cgroup; ls /dev",
      ),
    });
    expect(output).toMatch(/^0\n/);
    expect(output.match(/Read-only file system/g)?.length).toBe(2);
    expect(output).not.toContain(harness.instance);
    expect(output).not.toMatch(/sda|vda|kmsg/);
  });

  test("a read-only root file system, with mounts that are writable or not", async () => {
    const host = join(harness.folder, "mounted");
    mkdirSync(host, { recursive: true });
    chmodSync(host, 0o777);
    const mounts = [
      { source: host, destination: "/data", readOnly: false },
      { source: host, destination: "/data-ro", readOnly: true },
    ];
    const output = await outputOf({
      command: sh("echo yes > /data/file; touch /root-file; touch /data-ro/x; cat /data-ro/file"),
      readonlyRootFilesystem: true,
      mounts,
    });
    expect(output.match(/Read-only file system/g)?.length).toBe(2);
    expect(readFileSync(join(host, "file"), "utf8")).toBe("yes\n");
    expect(output).toContain("yes\n");
  });

  test("limits: open files by default, and ulimits", async () => {
    const open = Number(await outputOf({ command: sh("ulimit -n") }));
    expect(open).toBeGreaterThanOrEqual(Math.min(65_535, hardLimit("Max open files")));
    expect(open).toBeLessThanOrEqual(65_535);
    const ulimits = [
      { name: "nofile" as const, softLimit: 1000, hardLimit: 2000 },
      { name: "core" as const, softLimit: 0, hardLimit: 0 },
    ];
    expect(await outputOf({ command: sh("ulimit -n; ulimit -Hn; ulimit -c"), ulimits })).toBe("1000\n2000\n0\n");
  });

  test("the init process is the first process when asked for", async () => {
    const output = await outputOf({ command: sh("cat /proc/1/comm"), initProcess: true });
    expect(output).toMatch(/^docker-init/);
    expect(await outputOf({ command: sh("cat /proc/1/comm") })).toBe("cat\n");
  });

  test("standard input is at its end", async () => {
    expect(await outputOf({ command: sh("cat; echo done") })).toBe("done\n");
  });

  test("labels that containerd would act on are dropped", async () => {
    const pulled = await image("labelled", {
      Cmd: ["/bin/true"],
      Labels: { "containerd.io/restart.loguri": "binary:///bin/sh", fine: "1" },
    });
    expect(pulled.config.labels).toEqual({ fine: "1" });
  });

  test("a program that is not there", async () => {
    await expect(started({ command: ["/bin/missing"] })).rejects.toMatchObject({
      name: "CannotStartContainerError",
      message: expect.stringMatching(
        /^ResourceInitializationError: failed to create new container runtime task: .*OCI runtime create failed: .*\/bin\/missing.*no such file or directory/s,
      ),
    });
  });
});

describe("limits of tasks", () => {
  /** `tail` keeps the last line, and this one does not end. */
  const takeMemory = ["/bin/tail", "/dev/zero"];

  test("a container over its own memory is killed, and it is known why", async () => {
    const { id } = await started({ command: takeMemory, memoryMiB: 16 });
    await exitOf(id).toMatchObject({ exitCode: 137, oomKilled: true });
    expect(await backend.inspect(id)).toMatchObject({ status: "stopped", exitCode: 137, oomKilled: true });
  });

  test("so it is when another of its processes was killed than the first, however that ends", async () => {
    const command = ["/bin/sh", "-c", "/bin/tail /dev/zero; exit 0"];
    const { id } = await started({ command, memoryMiB: 16 });
    await exitOf(id).toMatchObject({ exitCode: 0, oomKilled: true });
    expect(await backend.inspect(id)).toMatchObject({ status: "stopped", exitCode: 0, oomKilled: true });
  });

  test("a task over its memory loses the container that took it", async () => {
    const taskId = `oom${harness.instance}`;
    const quiet = await started({ taskId, command: ["/bin/sleep", "1000"] }, {}, 32);
    const greedy = await started({ taskId, command: takeMemory }, {}, 32);
    await exitOf(greedy.id).toMatchObject({ exitCode: 137, oomKilled: true });
    expect(await backend.inspect(quiet.id)).toMatchObject({ status: "running", oomKilled: false });
    await backend.killContainer(quiet.id, "SIGKILL");
    await exitOf(quiet.id).toMatchObject({ exitCode: 137, oomKilled: false });
  });

  test("a killed container is not taken for one out of memory", async () => {
    const { id } = await started({ command: ["/bin/sleep", "1000"], memoryMiB: 16 });
    await backend.killContainer(id, "SIGKILL");
    await exitOf(id).toMatchObject({ exitCode: 137, oomKilled: false });
  });

  test("a task's group has its CPU, memory and processes", async () => {
    const limits = { cpu: 128, memoryMiB: 64, memoryReservationMiB: 32 };
    const { taskId, id } = await started({ command: ["/bin/sleep", "1000"], ...limits });
    const isUnified = existsSync("/sys/fs/cgroup/cgroup.controllers");
    const read = (controller: string, ...path: string[]) =>
      readFileSync(
        join("/sys/fs/cgroup", isUnified ? "" : controller, `neargate-${harness.instance}`, taskId, ...path),
        "utf8",
      ).trim();
    const mib = 1024 * 1024;
    if (isUnified) {
      expect(read("", "cpu.max")).toBe("25000 100000");
      expect(read("", id, "cpu.weight")).toBe("13");
      expect(read("", "memory.max")).toBe(String(512 * mib));
      expect(read("", id, "memory.max")).toBe(String(64 * mib));
      expect(read("", id, "memory.low")).toBe(String(32 * mib));
    } else {
      expect(read("cpu", "cpu.cfs_quota_us")).toBe("25000");
      expect(read("cpu", id, "cpu.shares")).toBe("128");
      expect(read("memory", "memory.limit_in_bytes")).toBe(String(512 * mib));
      expect(read("memory", id, "memory.limit_in_bytes")).toBe(String(64 * mib));
      expect(read("memory", id, "memory.soft_limit_in_bytes")).toBe(String(32 * mib));
    }
    expect(read("pids", "pids.max")).toBe("8192");
  });
});

describe("signals, network, programs", () => {
  test("the image's stop signal is told and can be sent", async () => {
    const pulled = await image("quit", {
      StopSignal: "SIGQUIT",
      Cmd: sh("trap 'exit 9' QUIT; echo ready; while :; do sleep 0.1; done"),
    });
    expect(pulled.config.stopSignal).toBe("SIGQUIT");
    const spec = harness.spec(pulled);
    await create(spec);
    await backend.startContainer(spec.id);
    await expect.poll(() => readFileSync(spec.stdoutPath, "utf8"), { timeout: 20_000 * PATIENCE }).toBe("ready\n");
    await backend.killContainer(spec.id, pulled.config.stopSignal!);
    await exitOf(spec.id).toMatchObject({ exitCode: 9 });
  });

  test("the containers of a task share localhost, and a shim", async () => {
    const taskId = `net${harness.instance}`;
    const server = await started({
      taskId,
      command: sh("echo hello > /tmp/index.html; exec httpd -f -p 127.0.0.1:8080 -h /tmp"),
    });
    const client = await started({
      taskId,
      command: sh("until wget -q -O - http://127.0.0.1:8080/; do sleep 0.1; done"),
    });
    await exitOf(client.id).toMatchObject({ exitCode: 0 });
    await ended(client);
    expect(readFileSync(client.stdoutPath, "utf8")).toBe("hello\n");
    const shims = (await harness.leftovers()).filter(
      (line) => line.includes("containerd-shim") && line.includes(taskId),
    );
    expect(shims).toHaveLength(1);
    expect(await backend.inspect(server.id)).toMatchObject({ status: "running" });
  });

  test("standard output and error go to their files, appended", async () => {
    const command = sh("echo out; echo err >&2");
    const spec = await started({ command });
    await ended(spec);
    expect(readFileSync(spec.stdoutPath, "utf8")).toBe("out\n");
    expect(readFileSync(spec.stderrPath, "utf8")).toBe("err\n");
  });

  test("what a container writes at its very end is in the file once the runtime has let go of it", async () => {
    const spec = await started({ command: sh("head -c 1000000 /dev/zero; echo last") });
    await exitOf(spec.id).toBeDefined();
    await backend.releaseContainer(spec.id);
    expect(readFileSync(spec.stdoutPath, "utf8").endsWith("last\n")).toBe(true);
    expect(await backend.inspect(spec.id)).toMatchObject({ status: "stopped", exitCode: 0 });
  });

  test("programs run in a container: code, output, environment, user", async () => {
    const { id } = await started({ command: ["/bin/sleep", "1000"], environment: { A: "1" }, user: "web" });
    const program = await backend.exec(id, sh("echo $A; id -u; echo err >&2; exit 3"), 30_000);
    expect(program.exitCode).toBe(3);
    expect(program.output.trim().split("\n").toSorted()).toEqual(["1", "1001", "err"]); // two streams: in either order
    const { output } = await backend.exec(id, sh("yes | head -c 10000000"), 60_000);
    expect(output).toBe("y\n".repeat(512));
    await expect(backend.exec(id, ["/bin/missing"], 30_000)).rejects.toMatchObject({ name: "ContainerRuntimeError" });
  });

  test("a program that takes too long is killed", async () => {
    const { id } = await started({ command: ["/bin/sleep", "1000"] });
    const before = performance.now();
    const { exitCode, output } = await backend.exec(id, sh("echo begun; touch /tmp/begun; sleep 100"), 500);
    expect(performance.now() - before).toBeLessThan(50_000);
    expect(exitCode).toBe(-1);
    // On a slow machine the time may be over before it has begun.
    if ((await backend.exec(id, sh("test -e /tmp/begun"), 30_000)).exitCode === 0) expect(output).toBe("begun\n");
    expect(await backend.inspect(id)).toMatchObject({ status: "running" });
  });
});

function hardLimit(name: string): number {
  const line = readFileSync("/proc/self/limits", "utf8")
    .split("\n")
    .find((text) => text.startsWith(name))!;
  return Number(line.slice(name.length).trim().split(/\s+/)[1]);
}

test("the folder of a container's output need not be writable for others", async () => {
  const folder = join(harness.folder, "private");
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(join(folder, "out"), "before\n");
  const spec = await started({ command: ["/bin/echo", "after"], stdoutPath: join(folder, "out"), user: "web" });
  await ended(spec);
  expect(readFileSync(spec.stdoutPath, "utf8")).toBe("before\nafter\n");
});

describe("what a container writes, in a folder of the caller's", () => {
  test("lies over the image's layers, and stays when the container goes", async () => {
    const config = { Cmd: ["sh", "-c", "cat /data/a /data/b; echo new > /data/a; echo more > /data/c"] };
    const layered = await image("layered", config, {
      "data/a": "one\n",
      "data/b": "two\n",
      climbing: "link:../../data",
    });
    const writableLayer = join(harness.folder, "written");
    const spec = harness.spec(layered, { writableLayer });
    await create(spec);
    await backend.createContainer(spec); // as after a crash
    await backend.startContainer(spec.id);
    await exitOf(spec.id).toMatchObject({ exitCode: 0 });
    await ended(spec);
    expect(readFileSync(spec.stdoutPath, "utf8")).toBe("one\ntwo\n");
    const written = join(writableLayer, "upper/data");
    expect(readdirSync(written).sort()).toEqual(["a", "c"]);
    expect(readFileSync(join(written, "a"), "utf8")).toBe("new\n");
    expect(readFileSync("/proc/mounts", "utf8")).not.toContain(writableLayer);
  });

  test("a folder of an image is copied with its links followed inside the image only", async () => {
    const layered = await image("layered", {}, { "data/a": "one\n", "data/b": "two\n", climbing: "link:../../data" });
    for (const [path, found] of [
      ["/data", true],
      ["/climbing", true],
      ["/data/a", false],
      ["/../../missing", false],
    ] as const) {
      const target = join(harness.folder, `copy-${path.replaceAll("/", "_")}`);
      mkdirSync(target);
      expect(await backend.copyFromImage(layered, path, target), path).toBe(found);
      expect(readdirSync(target)).toEqual(found ? ["a", "b"] : []);
    }
  });
});
