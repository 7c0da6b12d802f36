import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Task } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/base/command.ts";
import type { Isolation } from "../../src/base/isolation.ts";
import { findProgram } from "../../src/base/find-program.ts";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { busyboxRoot, pythonRoot, type ImageConfig } from "../support/images.ts";
import { PATIENCE } from "../support/patience.ts";
import { tiersHere } from "../support/tiers.ts";

const SECRET = "a-secret-of-another-task";
const MARK = "a-file-of-the-host";
const tiers = await tiersHere();
const app = (file: string) => readFileSync(join(import.meta.dirname, "isolation-app", file), "utf8");

/** What a tier may answer instead of {@link REFUSED}. gVisor's kernel is the task's own: there it may have what it likes. */
const ANSWERS: Record<Isolation, Record<string, RegExp>> = {
  runc: {},
  gvisor: {
    add_key: /^(EACCES|EPERM|ENOSYS)$/,
    keyctl: /^(done|EACCES|ENOSYS|EINVAL)$/,
    open_by_handle_at: /^(EPERM|ENOTSUP|ENOSYS)$/,
    syslog: /^(done|EPERM)$/, // a log of its own
    "unshare of a mount namespace": /^(done|EPERM|EINVAL)$/,
    "write /proc/sysrq-trigger": /^(EIO|EACCES|EROFS|ENOENT)$/,
    "write /proc/sys/net/ipv4/ip_forward": /^(EINVAL|EACCES|EROFS|ENOENT)$/,
  },
};
/** What configurations of images ask for, and how their containers fail; those that do not are looked into. */
const CONFIGURATIONS: Record<string, { config: ImageConfig; reason?: string }> = {
  "a user whose number wraps to root": {
    config: { User: "4294967296", Cmd: ["id"] },
    reason: "CannotCreateContainerError: uids and gids must be in range 0-2147483647",
  },
  "a negative group": {
    config: { User: "0:-1", Cmd: ["id"] },
    reason: "CannotCreateContainerError: uids and gids must be in range 0-2147483647",
  },
  "no program": { config: {}, reason: "CannotCreateContainerError: no command specified" },
  "a variable that ends in the middle": {
    config: { Env: ["A=b\0LD_PRELOAD=/x"], Cmd: ["env"] },
    reason: "CannotCreateContainerError: arguments and environment variables must not contain a NUL character",
  },
  "a volume in place of the root file system": {
    config: { Volumes: { "/": {} }, Cmd: ["id"] },
    reason:
      "CannotCreateContainerError: invalid volume specification: '/': invalid mount config for type \"volume\": invalid specification: destination can't be '/'",
  },
  "a volume that climbs, with links to the host": { config: { Volumes: { "/../../etc": {} }, Cmd: ["true"] } },
};
const REFUSED = /^(EPERM|EACCES|EROFS|ENOSYS|ENOENT|ENODEV|ENXIO|EOPNOTSUPP|ESRCH|ECONNREFUSED|empty|none|reached)$/;

let engine: TestEngine;
let fargate: Fargate;
let images: { python: string; links: string; linkedFolder: string; configured: Map<string, string> };
let hostFolder: string;
/** What root does on runc. */
let powers: { task: Task; lines: string[] };
/** The programs that a container could overwrite. */
const programs = ["runc", "runsc", "containerd-shim-runc-v2"].flatMap((name) => findProgram(name) ?? []);
const checksums = () => programs.map((path) => createHash("sha256").update(readFileSync(path)).digest("hex"));
const before = checksums();
const found = new Map<Isolation, Attacked>();

interface Attacked {
  victim: Task;
  attacker: Task;
  lines: string[];
}

beforeAll(async () => {
  hostFolder = mkdtempSync(join(tmpdir(), "neargate-host-"));
  writeFileSync(join(hostFolder, "hosts"), MARK);
  engine = await TestEngine.start([], { NEARGATE_ISOLATION: tiers[0], NEARGATE_USER_NAMESPACES: "on" });
  fargate = await Fargate.prepare(engine);
  images = await pushImages();
}, 300_000 * PATIENCE);
afterAll(async () => {
  await engine.stop();
  rmSync(hostFolder, { recursive: true });
});

async function pushImages(): Promise<typeof images> {
  const python = await pythonRoot({
    "attacks.py": app("attacks.py"),
    "victim.py": app("victim.py"),
    "powers.py": app("powers.py"),
    "escape.py": app("escape.py"),
    // Runs whatever runs it.
    "bin/evil": "#!/proc/self/exe\n",
  });
  chmodSync(join(python, "bin/evil"), 0o755);
  const links = busyboxRoot();
  const linkedFolder = busyboxRoot();
  const out = "../".repeat(12) + hostFolder.slice(1);
  try {
    for (const name of ["hosts", "resolv.conf", "hostname"]) symlinkSync(`${out}/hosts`, join(links, "etc", name));
    symlinkSync(`/proc/self/fd/7/${out}`, join(links, "work"));
    rmSync(join(linkedFolder, "etc"), { recursive: true });
    symlinkSync(out, join(linkedFolder, "etc"));
    return {
      python: await fargate.push("python", python, { Cmd: ["sleep", "100000"] }),
      links: await fargate.push("links", links, { WorkingDir: "/work" }),
      linkedFolder: await fargate.push("linked-folder", linkedFolder, {}),
      configured: new Map(
        await Promise.all(
          Object.entries(CONFIGURATIONS).map(
            async ([name, { config }], index) =>
              [name, await fargate.push(`configured-${index}`, links, config)] as const,
          ),
        ),
      ),
    };
  } finally {
    for (const root of [python, links, linkedFolder]) rmSync(root, { recursive: true });
  }
}

/** The process on the host that a task's container is, or its sandbox. */
function hostPid(task: Task): number {
  const taskId = task.taskArn!.split("/").at(-1)!;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const reads = (pid: string, file: string) => {
    try {
      return readFileSync(join("/proc", pid, file), "latin1");
    } catch {
      return ""; // gone meanwhile
    }
  };
  const pid = pids.find((each) => {
    const sandbox = reads(each, "cmdline");
    // Another tier, and another run of these tests on the host, has a victim with the same secret.
    const isContainer = reads(each, "environ").includes(`SECRET=${SECRET}`) && reads(each, "cgroup").includes(taskId);
    return isContainer || (sandbox.includes(taskId) && sandbox.includes("\0boot\0"));
  });
  expect(pid).toBeDefined();
  return Number(pid);
}

/** Lets one task attack another on a tier. */
async function attack(): Promise<Attacked> {
  const secret = [{ name: "SECRET", value: SECRET }];
  const [victim] = await fargate.start(
    await fargate.define([{ image: images.python, command: ["python3", "/victim.py"], environment: secret }]),
  );
  await until(async () => (await fargate.lines(victim!)).includes("ready"), 60_000, "the victim");
  const command = ["python3", "/attacks.py", String(hostPid(victim!)), SECRET];
  const healthCheck = { command: ["CMD", "/bin/evil"], interval: 5, timeout: 2, retries: 1 };
  const [attacker] = await fargate.start(await fargate.define([{ image: images.python, command, healthCheck }]));
  const ended = async () => (await fargate.lines(attacker!)).includes("end: reached");
  await until(ended, 120_000, "the end of the attacks");
  const checked = async () => (await fargate.describe([attacker!]))[0]!.containers![0]!.healthStatus === "UNHEALTHY";
  await until(checked, 60_000, "a run of /bin/evil");
  const [described] = await fargate.describe([attacker!]);
  return { victim: victim!, attacker: described!, lines: await fargate.lines(attacker!) };
}

async function powersOfRoot(): Promise<typeof powers> {
  const mountPoints = [{ sourceVolume: "shared", containerPath: "/volume" }];
  const command = ["python3", "/powers.py"];
  const definition = await fargate.define([{ image: images.python, command, mountPoints }], {
    volumes: [{ name: "shared" }],
  });
  const [task] = await fargate.reach(await fargate.run(definition), "STOPPED");
  return { task: task!, lines: await fargate.lines(task!) };
}

/** Runs a task that may fail to start; answers its end and what it printed. */
async function endOf(container: Parameters<Fargate["define"]>[0][number]): Promise<{ task: Task; lines: string[] }> {
  const [task] = await fargate.reach(await fargate.run(await fargate.define([container])), "STOPPED");
  return { task: task!, lines: await fargate.lines(task!).catch(() => []) };
}

const readsHost = `cat ${"../".repeat(12)}$OUT/hosts; cat /etc/hosts; ls -d .`;

describe.each(tiers)("attacks from a container on %s", (tier) => {
  let attacked: Attacked;
  let escapes: { task: Task; lines: string[] }[];
  let configured: Map<string, Task>;

  beforeAll(async () => {
    if (tier !== tiers[0]) {
      await engine.kill();
      await engine.up({ NEARGATE_ISOLATION: tier, NEARGATE_USER_NAMESPACES: "on" });
    }
    const script = {
      entryPoint: ["/bin/sh", "-c"],
      command: [readsHost],
      environment: [{ name: "OUT", value: hostFolder }],
    };
    const ends = Object.keys(CONFIGURATIONS).map(async (name) => {
      const image = images.configured.get(name)!;
      const reads = CONFIGURATIONS[name]!.reason === undefined;
      return [name, await endOf(reads ? { image, ...script } : { image })] as const;
    });
    const results = await Promise.all([
      attack(),
      // CVE-2024-21626: a descriptor that the runtime has open on the host as the working directory.
      ...[7, 8].map((fd) => endOf({ image: images.linkedFolder, ...script, workingDirectory: `/proc/self/fd/${fd}` })),
      endOf({ image: images.links, ...script }),
      endOf({ image: images.linkedFolder, ...script }),
    ] as const);
    if (tier === "runc") powers = await powersOfRoot();
    attacked = results[0] as Attacked;
    found.set(tier, attacked);
    const others = new Map(await Promise.all(ends));
    configured = new Map([...others].map(([name, { task }]) => [name, task]));
    escapes = [...(results.slice(1) as typeof escapes), ...others.values()];
  }, 300_000 * PATIENCE);

  test("the task says its tier", () => {
    expect(attacked.attacker.attributes).toContainEqual({ name: "neargate.isolation", value: tier });
  });

  test("system calls, files and devices of the host, and what other tasks have, are refused", () => {
    const results = attacked.lines.filter((line) => line.includes(": ")).map((line) => line.split(/: (.*)/));
    expect(results.length).toBeGreaterThan(50);
    const allowed = results.filter(([name, result]) => !(ANSWERS[tier][name!] ?? REFUSED).test(result!));
    expect(allowed).toEqual([]);
  });

  test("the runtime's programs are as they were", () => {
    expect(checksums()).toEqual(before);
  });

  test.each(Object.entries(CONFIGURATIONS))("an image that asks for %s", (name, { reason }) => {
    const [container] = configured.get(name)!.containers!;
    expect(container).toMatchObject(reason === undefined ? { exitCode: 0 } : { reason });
  });

  test("images with links to the host, and working directories outside, do not reach it", () => {
    for (const { lines } of escapes) expect(lines.join("\n")).not.toContain(MARK);
    expect(readFileSync(join(hostFolder, "hosts"), "utf8")).toBe(MARK);
    expect(readdirSync(hostFolder)).toEqual(["hosts"]);
    expect(readFileSync("/proc/mounts", "utf8")).not.toContain(hostFolder);
  });
});

describe.runIf(tiers.includes("runc"))("root in a task has users of its own", () => {
  const idOf = (line: string) => Number(line.split(/\s+/)[1]);
  const firstId = (pid: number) => idOf(readFileSync(`/proc/${pid}/uid_map`, "utf8").trim());
  const victim = () => found.get("runc")!.victim;

  test("and is nobody on the host", async () => {
    const pid = hostPid(victim());
    const first = firstId(pid);
    expect(first).toBeGreaterThanOrEqual(0x7000_0000);
    expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(`Uid:\t${first}\t${first}\t${first}\t${first}\n`);
    expect(victim().attributes).toContainEqual({ name: "neargate.user-namespace", value: "own" });
    const taskId = victim().taskArn!.split("/").at(-1)!;
    const folder = join(engine.dataFolder, "storage/tasks", taskId, "fs/containers");
    const [container] = readdirSync(folder);
    expect(statSync(join(folder, container!, "upper/tmp/secret")).uid).toBe(first);
  });

  test("with all capabilities and without a seccomp filter it still reaches nothing of the host", async () => {
    const namespaces = ["--user", "--mount", "--pid", "--net", "--ipc", "--uts"];
    const inside = ["--target", String(hostPid(victim())), ...namespaces];
    const { stdout } = await run("nsenter", [...inside, "python3", "/escape.py"], { cwd: "/" });
    const lines = stdout.trim().split("\n");
    const own = lines.splice(0, 4);
    expect(own[0]).toMatch(/^capabilities: 0*1ff/);
    expect(own.slice(1).filter((line) => !line.endsWith(": done"))).toEqual([]);
    expect(lines.length).toBeGreaterThan(13);
    expect(lines.filter((line) => !/: (EPERM|EACCES|EROFS|ENOENT|ENOSYS)$/.test(line))).toEqual([]);
  });

  test("and keeps what root does in containers", () => {
    expect(powers.task.containers![0]!.exitCode).toBe(0);
    expect(powers.lines.toSorted()).toEqual(
      [
        "image: 0:0",
        "chown: 1000:65535",
        "port 80: 80",
        "ping: 28 bytes",
        "packets: bound",
        "set-user-id: 1000 0",
        "standard output: 0",
        "by /dev/stdout: done",
        "by /dev/stderr: done",
        "volume: 0:0 0:0 1000:1000",
        "hosts: 0:0",
        "fifo: 0:0",
      ].toSorted(),
    );
  });
});

test.runIf(tiers.length > 1)("a task keeps its tier when the setting changes", async () => {
  const tasks = await fargate.describe([...found.values()].map((each) => each.attacker));
  for (const [index, task] of tasks.entries()) {
    expect(task.lastStatus).toBe("RUNNING");
    expect(task.attributes).toContainEqual({ name: "neargate.isolation", value: tiers[index] });
  }
  await fargate.stop(tasks);
  const { stdout } = await engine.neargate(["doctor"], { NEARGATE_ISOLATION: undefined });
  expect(stdout).toContain(`isolation: new tasks run on ${tiers.at(-1)}`);
});
