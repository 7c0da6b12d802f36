import { existsSync, lstatSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerDefinition, EFSVolumeConfiguration, Task } from "@aws-sdk/client-ecs";
import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DeleteFileSystemCommand,
  DeleteFileSystemPolicyCommand,
  DeleteMountTargetCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
  PutFileSystemPolicyCommand,
} from "@aws-sdk/client-efs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../support/command.ts";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { traces } from "../support/leaks.ts";
import { testTier } from "../support/tiers.ts";

/* EFS as tasks see it. */

let engine: TestEngine;
let fargate: Fargate;
let efs: EFSClient;
let busybox: string;
let instance: string;
let fileSystemId: string;

beforeAll(async () => {
  engine = await TestEngine.start(["--isolation", testTier()]);
  fargate = await Fargate.prepare(engine);
  busybox = await fargate.pushBusybox();
  instance = (JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string }).instance;
  const { endpoint, region, credentials } = engine;
  efs = new EFSClient({ endpoint, region, credentials });
  fileSystemId = (await efs.send(new CreateFileSystemCommand({ CreationToken: "data" }))).FileSystemId!;
  const of = { FileSystemId: fileSystemId };
  await until(async () => {
    const { FileSystems } = await efs.send(new DescribeFileSystemsCommand(of));
    return FileSystems![0]!.LifeCycleState === "available";
  });
  for (const SubnetId of fargate.subnetIds) await efs.send(new CreateMountTargetCommand({ ...of, SubnetId }));
  await until(async () => {
    const { MountTargets } = await efs.send(new DescribeMountTargetsCommand(of));
    return MountTargets!.every((target) => target.LifeCycleState === "available");
  });
});
afterAll(async () => {
  const attached = existsSync(runFolder()) ? readdirSync(runFolder()) : [];
  await engine.stop();
  expect(attached).toEqual([]);
  expect(await traces(instance, engine.dataFolder)).toEqual([]);
});

const runFolder = () => `/run/neargate/${instance}/efs`;
const dataFolder = () => join(engine.dataFolder, "efs/000000000000", engine.region, fileSystemId);
const idOf = (task: Task) => task.taskArn!.split("/").at(-1)!;

async function accessPoint(Path: string, ids?: { Uid: number; Gid: number }): Promise<string> {
  const owner = ids ?? { Uid: 0, Gid: 0 };
  const { AccessPointId } = await efs.send(
    new CreateAccessPointCommand({
      FileSystemId: fileSystemId,
      ClientToken: Path,
      ...(ids ? { PosixUser: ids } : {}),
      RootDirectory: {
        Path,
        CreationInfo: { OwnerUid: owner.Uid, OwnerGid: owner.Gid, Permissions: "0750" },
      },
    }),
  );
  return AccessPointId!;
}

const through = (accessPointId: string): Partial<EFSVolumeConfiguration> => ({
  transitEncryption: "ENABLED",
  authorizationConfig: { accessPointId },
});

/** Defines a task whose one container runs a script, with volumes by the paths where they are mounted. */
async function define(
  script: string,
  mounts: Record<string, Partial<EFSVolumeConfiguration>> = { "/v": {} },
  more: Partial<ContainerDefinition> = {},
): Promise<string> {
  const names = Object.keys(mounts).map((path) => [path, path.replaceAll("/", "_")] as const);
  const mountPoints = names.map(([containerPath, sourceVolume]) => ({ containerPath, sourceVolume }));
  const volumes = names.map(([path, name]) => ({ name, efsVolumeConfiguration: { fileSystemId, ...mounts[path] } }));
  const container = { image: busybox, entryPoint: ["sh", "-c"], command: [script], mountPoints, ...more };
  return await fargate.define([container], { volumes });
}

async function output(...definition: Parameters<typeof define>): Promise<string[]> {
  const [task] = await fargate.reach(await fargate.run(await define(...definition)), "STOPPED");
  expect(task!.stoppedReason).toBe("Essential container in task exited");
  return await fargate.lines(task!);
}

async function stoppedReason(...definition: Parameters<typeof define>): Promise<string> {
  const [task] = await fargate.reach(await fargate.run(await define(...definition)), "STOPPED");
  return task!.stoppedReason!;
}

describe.concurrent("EFS volumes", () => {
  test("an access point enforces its identity and its folder", async () => {
    const point = through(await accessPoint("/team/one", { Uid: 1000, Gid: 1001 }));
    const both = { "/all": {}, "/v": point };
    const setUp = [
      "busybox stat -c '%u:%g %a' /v /all/team/one /all/team",
      "echo mine > /v/mine && busybox stat -c '%u:%g' /v/mine /all/team/one/mine",
      "echo secret > /all/team/one/secret; busybox chmod 600 /all/team/one/secret",
      "cat /v/secret || echo unreadable",
      "busybox chown 0 /v/mine; busybox stat -c %u /v/mine /all/team/one/mine",
      "busybox mknod /v/device c 1 3 || echo no device",
      "busybox ln -s /all/up /v/link; busybox ln -s ../../../.. /v/climb; echo up > /all/up; cat /v/link; ls /v/climb/etc/passwd",
      "busybox mkfifo /v/pipe && (echo piped > /v/pipe & cat /v/pipe)",
      "busybox rm /v/secret && echo removed by the folder\\'s owner",
      "cd /v; cd ..; test -d all && echo outside is the container",
    ];
    expect(await output(`(${setUp.join("; ")}) 2>/dev/null`, both)).toEqual([
      "1000:1001 750",
      "1000:1001 750",
      "1000:1001 750",
      "1000:1001",
      "1000:1001",
      "unreadable",
      "1000",
      "1000",
      "no device",
      "up",
      "/v/climb/etc/passwd",
      "piped",
      "removed by the folder's owner",
      "outside is the container",
    ]);
    const someone = { user: "4321:4321" };
    const script = "id -u; cat /v/mine; echo more >> /v/mine; echo new > /v/new; ls /v; busybox stat -c %u /v/new";
    // gVisor looks at the mode itself before it asks: https://gvisor.dev/docs/user_guide/filesystem/
    if (testTier() === "runc")
      expect(await output(script, { "/v": point }, someone)).toEqual([
        "4321",
        "mine",
        "climb",
        "link",
        "mine",
        "new",
        "pipe",
        "1000",
      ]);
    expect(lstatSync(join(dataFolder(), "team/one/mine")).uid).toBe(1000);
  });

  test("an access point without a user shows its folder to everyone as who they are", async () => {
    const point = through(await accessPoint("/plain"));
    const script = "echo a > /v/a; busybox chown 77:78 /v/a; busybox stat -c '%u:%g' /v/a; ls /v";
    expect(await output(script, { "/v": point })).toEqual(["77:78", "a"]);
  });

  test.runIf(testTier() === "runc")("what is not there, or leads out, is not mounted", async () => {
    const failed = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ";
    const server = `b'mount.nfs4: mounting ${fileSystemId}.efs.${engine.region}.amazonaws.com`;
    await output(
      "mkdir /v/real; busybox ln -s ../../../../../../../.. /v/evil; busybox ln -s real /v/near; echo > /v/file",
    );
    const reasons = await Promise.all(
      ["/missing", "/evil", "/evil/etc", "/near", "/file"].map((rootDirectory) =>
        stoppedReason("true", { "/v": { rootDirectory } }),
      ),
    );
    const because = (path: string, text: string) =>
      `${failed}${server}:${path} failed, reason given by server: ${text}' : unsuccessful EFS utils command execution; code: 32`;
    expect(reasons).toEqual([
      because("/missing", "No such file or directory"),
      because("/evil", "Not a directory"),
      because("/evil/etc", "Not a directory"),
      because("/near", "Not a directory"),
      because("/file", "Not a directory"),
    ]);
    expect(await output("echo below > /v/x; ls /v", { "/v": { rootDirectory: "/real" } })).toEqual(["x"]);
    expect(readFileSync(join(dataFolder(), "real/x"), "utf8")).toBe("below\n");
  });
});

test("a policy says who mounts, and who only reads", async () => {
  const allow = (...actions: string[]) =>
    efs.send(
      new PutFileSystemPolicyCommand({
        FileSystemId: fileSystemId,
        Policy: JSON.stringify({
          Statement: {
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: actions.map((name) => `elasticfilesystem:${name}`),
          },
        }),
      }),
    );
  writeFileSync(join(dataFolder(), "told"), "by others\n");
  await allow("ClientMount", "ClientRootAccess");
  const script = "cat /v/told; (echo mine > /v/told) 2>/dev/null || echo read only";
  const point = through(await accessPoint("/", { Uid: 1000, Gid: 1000 }));
  const outputs = await Promise.all([output(script), output(script, { "/v": point })]);
  expect(outputs).toEqual(outputs.map(() => ["by others", "read only"]));
  await allow("ClientWrite");
  expect(await stoppedReason("true")).toContain("access denied by server while mounting 127.0.0.1:/");
  await efs.send(new DeleteFileSystemPolicyCommand({ FileSystemId: fileSystemId }));
});

test("tasks share files and locks; a killed control plane changes nothing", async () => {
  const point = through(await accessPoint("/shared", { Uid: 2000, Gid: 2000 }));
  const paths = { "/v": point };
  const echo =
    "trap exit TERM; while :; do for n in 1 2; do test -f /v/ask$n && ! test -s /v/answer$n && cat /v/ask$n > /v/answer$n; done; sleep 0.1; done";
  const [task] = await fargate.start(await define(echo, paths));
  const ask = (n: number) =>
    output(
      `echo question ${n} > /v/ask${n}; until grep -qs ${n} /v/answer${n}; do sleep 0.1; done; cat /v/answer${n}`,
      paths,
    );
  expect(await ask(1)).toEqual(["question 1"]);
  const folder = readdirSync(runFolder()).find((name) => name.startsWith(idOf(task!)))!;
  const mount = join(runFolder(), folder, "mount");
  expect(await run("python3", ["-c", SHARING, join(dataFolder(), "shared/log"), join(mount, "log")])).toBe("shared\n");
  if (testTier() !== "runc") return void (await fargate.stop([task!])); // what follows is the host's business alone
  // The process behind the volume could not open a device even if another task made one under its hands.
  const pid = Number(readFileSync(join(runFolder(), folder, "pid"), "utf8").split(" ")[0]);
  await run("mknod", ["-m", "666", join(dataFolder(), "shared/null"), "c", "1", "3"]);
  expect(() => openSync(`/proc/${pid}/fd/4/null`, "r")).toThrow("EACCES");
  await engine.kill();
  await engine.up();
  expect(await ask(2)).toEqual(["question 2"]);

  // The process behind the volume dies: accesses fail at once, the task stops and says why, nothing is left.
  process.kill(pid, "SIGKILL");
  await until(() => !canSee(mount));
  expect(await fargate.reach([task!], "STOPPED")).toMatchObject([
    {
      stopCode: "TerminationNotice",
      stoppedReason: "EFS volume failed: the process that served its access point has ended",
    },
  ]);
  expect(readFileSync(join(dataFolder(), "shared/answer2"), "utf8")).toBe("question 2\n");
  expect(readdirSync(runFolder())).toEqual([]);
});

test("a deleted file system leaves nothing", async () => {
  const { MountTargets } = await efs.send(new DescribeMountTargetsCommand({ FileSystemId: fileSystemId }));
  for (const { MountTargetId } of MountTargets!) await efs.send(new DeleteMountTargetCommand({ MountTargetId }));
  await until(async () => {
    const { FileSystems } = await efs.send(new DescribeFileSystemsCommand({ FileSystemId: fileSystemId }));
    return FileSystems![0]!.NumberOfMountTargets === 0;
  });
  expect(existsSync(dataFolder())).toBe(true);
  await efs.send(new DeleteFileSystemCommand({ FileSystemId: fileSystemId }));
  await until(() => !existsSync(dataFolder()));
});

/** Locks of one path are seen by the other, and waited for, however busy the volume is; what is appended by either is kept, as are changes of memory. */
const SHARING = `
import fcntl, mmap, os, sys, threading
open(sys.argv[2], "ab").close()
first, second = (open(path, "ab+", buffering=0) for path in sys.argv[1:])
waited = threading.Event()
def look():
    while not waited.is_set():
        os.stat(sys.argv[2])
for _ in range(3):
    threading.Thread(target=look, daemon=True).start()
for lock in (fcntl.flock, fcntl.lockf):
    lock(first, fcntl.LOCK_EX)
    try:
        lock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
        sys.exit("the lock was given twice")
    except BlockingIOError:
        threading.Timer(0.1, lock, (first, fcntl.LOCK_UN)).start()
        lock(second, fcntl.LOCK_EX)
        lock(second, fcntl.LOCK_UN)
waited.set()
for n in range(10):
    (first if n % 2 else second).write(b"%d" % n)
for file in (first, second):
    file.seek(0)
    content = file.read()
    if content != b"0123456789":
        sys.exit("appended: %r" % content)
with mmap.mmap(second.fileno(), 10) as memory:
    memory[0:1] = b"x"
    memory.flush()
first.seek(0)
content = first.read()
if content != b"x123456789":
    sys.exit("changed in memory: %r" % content)
os.chmod(sys.argv[2], 0o200)
os.truncate(sys.argv[2], 3)
if first.seek(0) or first.read() != b"x12":
    sys.exit("not truncated")
print("shared")
`;

function canSee(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
