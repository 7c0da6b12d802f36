import { spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeleteVolumeCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import type { Task } from "@aws-sdk/client-ecs";
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { run } from "../../src/base/command.ts";
import { DiskError } from "../../src/storage/disks.ts";
import { encryptFolder, KEY_BYTES } from "../../src/storage/file-encryption.ts";
import { LoopDisks } from "../../src/storage/loop-disks.ts";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { traces } from "../support/leaks.ts";
import { iamClient, makeRole } from "../support/roles.ts";

/* Whether a disk's file on the host tells what was written to the disk. */

/** A mebibyte of this line is written, to a file of this name. */
const LINE = "a-line-that-nobody-else-writes\n";
const NAME = "a-name-that-nobody-else-gives";
const MIB_OF_LINES = LINE.repeat(Math.ceil(1024 ** 2 / LINE.length));
const DISK = { id: "a", sizeMiB: 64, fileSystem: "ext4", lasting: false } as const;
const ENOKEY = 126;
/** As EBS volumes are. */
const keyed = (fileSystem: "ext3" | "ext4" | "xfs") =>
  ({ ...DISK, sizeMiB: fileSystem === "xfs" ? 320 : 64, fileSystem, lasting: true }) as const;

let engine: TestEngine;
let fargate: Fargate;
let instance: string;
let root: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "neargate-disks-"));
  engine = await TestEngine.start(["--encrypt-storage", "on"]);
  fargate = await Fargate.prepare(engine);
  ({ instance } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string });
});
afterAll(async () => {
  rmSync(root, { recursive: true });
  await engine.stop();
  expect(await traces(instance, engine.dataFolder)).toEqual([]);
});

/** Which of line and name are somewhere in a disk's file, once all that was written is stored. */
async function found(disk: string): Promise<string[]> {
  // Of an encrypted volume, what its file system has written to its vault too.
  for (const place of ["fs", "vault"].map((name) => join(disk, name)))
    if (existsSync(place)) await run("sync", ["--file-system", place]);
  // `-z` has grep leave out the holes of a file of 20 GiB.
  const { status, stdout, stderr } = spawnSync(
    "grep",
    ["-zohF", "-e", LINE.trim(), "-e", NAME, join(disk, "disk.img")],
    { encoding: "utf8", maxBuffer: 1024 ** 3 },
  );
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return [...new Set(stdout.split("\0"))].filter(Boolean).sort();
}

test.for([
  { encrypted: false, finds: [LINE.trim(), NAME] },
  { encrypted: true, finds: [] },
])("a disk ($encrypted) and what its file tells, also when its key is gone", async ({ encrypted, finds }) => {
  const disks = new LoopDisks(join(root, String(encrypted)), { encrypted });
  await disks.start();
  expect(await disks.list()).toEqual([]);
  const folder = await disks.attach(DISK);
  writeFileSync(join(folder, NAME), MIB_OF_LINES);
  expect(await found(join(folder, ".."))).toEqual(finds);

  // What a host that lost its power has kept.
  const image = join(root, `${encrypted}.img`);
  linkSync(join(folder, "../disk.img"), image);
  await disks.remove("a");
  expect(await disks.list()).toEqual([]);
  const mounted = join(root, `${encrypted}.mounted`);
  mkdirSync(mounted);
  await run("mount", ["-t", "ext4", "-o", "loop,ro", image, mounted]);
  try {
    const within = encrypted ? join(mounted, "data") : mounted;
    const names = readdirSync(within).filter((name) => name !== "lost+found");
    expect(names).toHaveLength(1);
    const read = () => readFileSync(join(within, names[0]!), "utf8");
    if (encrypted) expect(read).toThrow(`error -${ENOKEY}`);
    else expect(read()).toBe(MIB_OF_LINES);
    expect(names.includes(NAME)).toBe(!encrypted);
  } finally {
    await run("umount", [mounted]);
  }
});

test.for([
  ["storage.disk-unencrypted", DISK],
  ["storage.disk-encrypted", DISK],
  ["storage.vault-made", keyed("ext4")],
  ["storage.disk-unencrypted", keyed("xfs")],
  ["storage.disk-encrypted", keyed("ext3")],
  ["storage.disk-made", keyed("xfs")],
] as const)("a kill at %s leaves no disk in the clear: %o", async ([at, spec]) => {
  const folder = join(root, `${at}.${spec.lasting}`);
  const loopDisks = join(import.meta.dirname, "../../src/storage/loop-disks.ts");
  const options = { encrypted: !spec.lasting };
  const attach = `new LoopDisks(${JSON.stringify(folder)}, ${JSON.stringify(options)}).attach(disk)`;
  const disk = `{ ...${JSON.stringify(spec)}, ${spec.lasting ? "key: async () => Buffer.alloc(64, 1)" : ""} }`;
  const { signal } = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { LoopDisks } from "${loopDisks}"; const disk = ${disk}; await ${attach}`,
    ],
    { env: { ...process.env, NEARGATE_FAILPOINTS: `${at}=kill` } },
  );
  expect(signal).toBe("SIGKILL");
  const disks = new LoopDisks(folder, options);
  const attached = (byte = 1) =>
    disks.attach(spec.lasting ? { ...spec, key: async () => Buffer.alloc(KEY_BYTES, byte) } : spec);
  writeFileSync(join(await attached(), NAME), MIB_OF_LINES);
  expect(await found(join(folder, "a"))).toEqual([]);
  if (spec.lasting) {
    await disks.detach("a");
    await expect(attached(2)).rejects.toThrow(DiskError);
    expect(readFileSync(join(await attached(), NAME), "utf8")).toBe(MIB_OF_LINES);
  }
  await disks.remove("a");
  expect(await disks.list()).toEqual([]);
});

test("a kernel that cannot encrypt is told from other faults", async () => {
  const folder = await open("/dev/shm"); // tmpfs knows no encryption
  expect(() => encryptFolder(folder.fd, Buffer.alloc(KEY_BYTES))).toThrow("needs a kernel with CONFIG_FS_ENCRYPTION");
  await folder.close();
});

/** The same on a task's volumes as on its own disk. */
const WRITE = (path: string) => `yes ${LINE.trim()} | head -c 1048576 > ${path}/${NAME}`;
const BEAT = "echo written; trap exit TERM; while :; do echo beat >> /vol/beats; sleep 0.1; done";
const beats = (folder: string) => readFileSync(join(folder, "beats"), "utf8").length;

test("tasks' disks and EBS volumes tell nothing of them, and go on without the control plane", async () => {
  expect((await engine.neargate(["status"])).stdout).toMatch(/^Storage +encrypted$/m);
  const define = async (script: string, configuredAtLaunch: boolean) =>
    fargate.define(
      [
        {
          image: busybox,
          entryPoint: ["sh", "-c"],
          command: [script],
          mountPoints: [{ sourceVolume: "vol", containerPath: "/vol" }],
        },
      ],
      { volumes: [{ name: "vol", ...(configuredAtLaunch ? { configuredAtLaunch } : {}) }] },
    );
  const role = await makeRole(iamClient(engine), {
    name: "ecsInfrastructureRole",
    trusts: "ecs.amazonaws.com",
    statements: [{ Effect: "Allow", Action: ["kms:GenerateDataKey*", "kms:CreateGrant"], Resource: "*" }],
  });
  const { endpoint, region, credentials } = engine;
  const kms = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
  const { KeyMetadata: key } = await kms.send(new CreateKeyCommand({}));
  const encrypted = (filesystemType: "ext4" | "xfs", deleteOnTermination: boolean, kmsKeyId?: string) => ({
    volumeConfigurations: [
      {
        name: "vol",
        managedEBSVolume: {
          roleArn: role.Arn!,
          sizeInGiB: 1,
          encrypted: true,
          filesystemType,
          terminationPolicy: { deleteOnTermination },
          ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
        },
      },
    ],
  });
  const busybox = await fargate.pushBusybox();
  const onEbs = await define(`${WRITE("/vol")}; ${BEAT}`, true);
  const [[own], [xfs], [ext4]] = await Promise.all([
    fargate.start(await define(`${WRITE("/vol")}; ${WRITE("")}; ${BEAT}`, false)),
    fargate.start(onEbs, encrypted("xfs", true)),
    fargate.start(onEbs, encrypted("ext4", false, key!.KeyId)),
  ]);
  const tasks = [own!, xfs!, ext4!];
  const tasksFolder = join(engine.dataFolder, "storage/tasks");
  const volumesFolder = join(engine.dataFolder, "storage/volumes");
  const volumeOf = (task: Task) =>
    task
      .attachments!.find(({ type }) => type === "AmazonElasticBlockStorage")!
      .details!.find(({ name }) => name === "volumeId")!.value!;
  const disks = [
    join(tasksFolder, own!.taskArn!.split("/").at(-1)!),
    ...[xfs!, ext4!].map((task) => join(volumesFolder, volumeOf(task))),
  ];
  const folders = disks.map((disk, index) => join(disk, index === 0 ? "fs/volumes/vol" : "fs"));
  for (const [index, disk] of disks.entries()) {
    await until(async () => (await fargate.lines(tasks[index]!)).includes("written"));
    expect(readFileSync(join(folders[index]!, NAME), "utf8")).toContain(LINE);
    expect(await found(disk)).toEqual([]);
  }
  const { Volumes } = await fargate.clients.ec2.send(new DescribeVolumesCommand({ VolumeIds: [volumeOf(ext4!)] }));
  expect(Volumes).toMatchObject([{ Encrypted: true, KmsKeyId: key!.Arn, State: "in-use" }]);

  // What is attached needs its key no more.
  await kms.send(new DisableKeyCommand({ KeyId: key!.KeyId }));
  await engine.kill();
  await engine.up();
  const before = folders.map(beats);
  await until(() => folders.every((folder, index) => beats(folder) > before[index]!));
  expect((await fargate.describe(tasks)).map(({ lastStatus }) => lastStatus)).toEqual(Array(3).fill("RUNNING"));
  const [refused] = await fargate.reach(await fargate.run(onEbs, encrypted("xfs", true, key!.Arn)), "STOPPED");
  expect(refused!.stoppedReason).toBe(
    `ResourceInitializationError: ECS failed to set up the EBS volume. Encountered DisabledException; "${key!.Arn} is disabled."`,
  );
  await fargate.stop(tasks);
  expect(readdirSync(tasksFolder)).toEqual([]);

  // The one that is kept is as unreadable, and nothing of it is mounted.
  expect(readdirSync(volumesFolder)).toEqual([volumeOf(ext4!)]);
  const kept = disks[2]!;
  for (const place of ["fs", "vault", "whole"]) expect(readdirSync(join(kept, place))).toEqual([]);
  expect(await found(kept)).toEqual([]);
  const { stdout: loops } = await run("losetup", ["--list", "--noheadings", "--output", "BACK-FILE"]);
  expect(loops).not.toContain(volumesFolder);
  await fargate.clients.ec2.send(new DeleteVolumeCommand({ VolumeId: volumeOf(ext4!) }));
  expect(readdirSync(volumesFolder)).toEqual([]);
});
