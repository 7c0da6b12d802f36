import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import type { ContainerDefinition, Task, TaskManagedEBSVolumeConfiguration } from "@aws-sdk/client-ecs";
import { DeleteVolumeCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/base/command.ts";
import { DiskError } from "../../src/storage/disks.ts";
import { LoopDisks } from "../../src/storage/loop-disks.ts";
import { TestEngine, until } from "../support/engine.ts";
import { CLUSTER, Fargate } from "../support/fargate.ts";
import { busyboxRoot } from "../support/images.ts";
import { traces } from "../support/leaks.ts";
import { PATIENCE } from "../support/patience.ts";
import { iamClient, makeRole } from "../support/roles.ts";

let engine: TestEngine;
let fargate: Fargate;
let busybox: string;
/** Declares /data, open to all and with a file, /scratch, and /link, a link that climbs out to a folder of the host. */
let declaring: string;

beforeAll(async () => {
  engine = await TestEngine.start();
  fargate = await Fargate.prepare(engine);
  busybox = await fargate.pushBusybox();
  await makeRole(iamClient(engine), { name: "ecsInfrastructureRole", trusts: "ecs.amazonaws.com" });
  const root = busyboxRoot({ "data/deep/seed": "from the image\n", "etc/own": "the image's own\n" });
  chmodSync(join(root, "data"), 0o777);
  symlinkSync("../../../../../../../../etc", join(root, "link"));
  declaring = await fargate.push("declaring", root, {
    Cmd: ["sleep", "100000"],
    Volumes: { "/data": {}, "/scratch/": {}, "/link": {} },
  });
  rmSync(root, { recursive: true });
});
afterAll(async () => {
  const { instance } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string };
  const disks = tasksWithDisks();
  await engine.stop();
  expect(disks).toEqual([]);
  expect(await traces(instance, engine.dataFolder)).toEqual([]);
});

/** A container that runs a script. */
const shell = (script: string, more: Partial<ContainerDefinition> = {}): Partial<ContainerDefinition> => ({
  image: busybox,
  entryPoint: ["sh", "-c"],
  command: [script],
  ...more,
});
/** The end of a script that runs on until it is asked to end, and then does at once. */
const WAIT = "trap exit TERM; sleep 1000 & wait";
const idOf = (task: Task) => task.taskArn!.split("/").at(-1)!;
const diskOf = (task: Task) => join(engine.dataFolder, "storage/tasks", idOf(task));
const tasksWithDisks = () => readdirSync(join(engine.dataFolder, "storage/tasks"));
/** Runs a task to its end. */
const ended = async (definition: string, more: Parameters<Fargate["run"]>[1] = {}) => {
  const [task] = await fargate.reach(await fargate.run(definition, more), "STOPPED");
  return task!;
};
const MOUNT = { sourceVolume: "vol", containerPath: "/vol" };
const VOLUME = { volumes: [{ name: "vol" }] };

describe.concurrent("ephemeral storage", () => {
  test("has 20 GiB for all that a task writes; full is full for that task alone", async () => {
    const other = await fargate.start(await fargate.define([shell("while :; do date > /beat && sleep 0.1; done")]));
    const fill =
      "busybox fallocate -l 12G /a && busybox fallocate -l 8588886016 /vol/b && echo room;" +
      "dd if=/dev/zero of=/c bs=1M count=512 2>&1 | grep -o 'No space left on device'; test -w / && echo still runs";
    const task = await ended(await fargate.define([shell(fill, { mountPoints: [MOUNT] })], VOLUME));
    expect(await fargate.lines(task)).toEqual(["room", "No space left on device", "still runs"]);
    expect(task).toMatchObject({
      ephemeralStorage: { sizeInGiB: 20 },
      fargateEphemeralStorage: { sizeInGiB: 20 },
    });
    expect(existsSync(diskOf(task))).toBe(false);
    expect((await fargate.describe(other))[0]!.lastStatus).toBe("RUNNING");
    await fargate.stop(other);
  });

  test("is as large as the definition says, or the override", async () => {
    const definition = await fargate.define([shell("busybox fallocate -l 40G /a && echo room")], {
      ephemeralStorage: { sizeInGiB: 50 },
    });
    const [asDefined, overridden] = await Promise.all([
      ended(definition),
      ended(definition, { overrides: { ephemeralStorage: { sizeInGiB: 21 } } }),
    ]);
    expect(asDefined.ephemeralStorage).toEqual({ sizeInGiB: 50 });
    expect(await fargate.lines(asDefined)).toEqual(["room"]);
    expect(overridden.fargateEphemeralStorage).toEqual({ sizeInGiB: 21 });
    expect(overridden.overrides!.ephemeralStorage).toEqual({ sizeInGiB: 21 });
    expect(await fargate.lines(overridden)).toEqual([expect.stringContaining("No space left")]);
  });

  test("is read by nobody: neither on the host nor by the next task", async () => {
    const secret = `secret-${Date.now()}`;
    const write = await fargate.define(
      [shell(`yes ${secret} | head -c 10000000 > /vol/x; ${WAIT}`, { mountPoints: [MOUNT] })],
      VOLUME,
    );
    const tasks = await fargate.start(write);
    const file = join(diskOf(tasks[0]!), "fs/volumes/vol/x");
    await until(() => existsSync(file) && statSync(file).size === 10_000_000, 60_000, "the secret");
    expect(statSync(join(diskOf(tasks[0]!), "..")).mode & 0o777).toBe(0o700);
    await fargate.stop(tasks);
    // Allocates blocks without writing them, and reads what was in them.
    const read = `busybox fallocate -l 20M /vol/y; grep -c ${secret} /vol/y; busybox tr -d '\\0' < /vol/y | busybox wc -c`;
    const task = await ended(await fargate.define([shell(read, { mountPoints: [MOUNT] })], VOLUME));
    expect(await fargate.lines(task)).toEqual(["0", "0"]);
  });
});

describe.concurrent("volumes", () => {
  test("are shared by the containers of a task, read-only where the mount point says so", async () => {
    const definition = await fargate.define(
      [
        shell(
          "until test -e /vol/done; do sleep 0.05; done; cat /vol/hello /other/hello; touch /other/x 2>/dev/null || echo read-only",
          {
            mountPoints: [MOUNT, { sourceVolume: "vol", containerPath: "/other", readOnly: true }],
            dependsOn: [{ containerName: "app1", condition: "START" }],
          },
        ),
        shell(`busybox stat -c '%a %u %g' /a/b/; echo hi > /a/b/hello; busybox touch /a/b/done; ${WAIT}`, {
          mountPoints: [{ sourceVolume: "vol", containerPath: "/a/b/" }],
        }),
      ],
      VOLUME,
    );
    const task = await ended(definition);
    expect(await fargate.lines(task)).toEqual(["hi", "hi", "read-only"]);
    expect(await fargate.lines(task, "app1")).toEqual(["755 0 0"]);
  });

  test("start with what the image has where it declares them, with its permissions", async () => {
    const look =
      "cat /data/deep/seed; echo mine > /data/mine && echo written; echo x > /scratch/x || echo no scratch; cat /link/own";
    const volumes = { volumes: [{ name: "filled" }, { name: "empty" }] };
    const definition = await fargate.define(
      [
        shell(`exec 2>&1; ${look}; ${WAIT}`, {
          image: declaring,
          user: "app",
          readonlyRootFilesystem: true,
          mountPoints: [{ sourceVolume: "filled", containerPath: "/data" }],
        }),
        shell(
          "ls /empty /filled; until test -s /filled/mine; do sleep 0.05; done; cat /filled/mine; echo x > /link/y && echo no link",
          {
            mountPoints: [
              { sourceVolume: "filled", containerPath: "/filled" },
              { sourceVolume: "empty", containerPath: "/empty" },
            ],
            essential: false,
          },
        ),
      ],
      volumes,
    );
    const [task] = await fargate.start(definition);
    await until(async () => (await fargate.lines(task!, "app1")).includes("mine"));
    await until(async () => (await fargate.lines(task!)).length === 5);
    expect(await fargate.lines(task!)).toEqual([
      "from the image",
      "written",
      expect.stringContaining("can't create /scratch/x"),
      "no scratch",
      "the image's own",
    ]);
    await fargate.stop([task!]);
    expect(existsSync("/etc/y")).toBe(false);
  });

  test("come with volumesFrom, also those that only the image declares", async () => {
    const definition = await fargate.define(
      [
        shell(
          "exec 2>&1; until test -s /scratch/go; do sleep 0.05; done; cat /data/deep/seed /scratch/go /vol/v; touch /vol/x 2>/dev/null || echo read-only; echo y > /data/y || echo all",
          {
            volumesFrom: [{ sourceContainer: "app1", readOnly: true }],
          },
        ),
        shell(`echo v > /vol/v; echo went > /scratch/go; ${WAIT}`, { image: declaring, mountPoints: [MOUNT] }),
      ],
      VOLUME,
    );
    expect(await fargate.lines(await ended(definition))).toEqual([
      "from the image",
      "went",
      "v",
      "read-only",
      expect.stringContaining("Read-only file system"),
      "all",
    ]);
  });
});

describe.concurrent("EBS volumes", () => {
  const launchVolume = { volumes: [{ name: "vol", configuredAtLaunch: true }] };
  const configured = (more: Partial<TaskManagedEBSVolumeConfiguration>) => ({
    volumeConfigurations: [
      {
        name: "vol",
        managedEBSVolume: { roleArn: "arn:aws:iam::000000000000:role/ecsInfrastructureRole", sizeInGiB: 1, ...more },
      },
    ],
  });
  const attachmentOf = (task: Task) => {
    const found = task.attachments!.find(({ type }) => type === "AmazonElasticBlockStorage")!;
    return { ...found, details: Object.fromEntries(found.details!.map(({ name, value }) => [name, value])) };
  };

  test("have the size and file system asked for, and go with their task", async () => {
    const fill =
      "grep ' /vol ' /proc/mounts | busybox cut -d' ' -f3; busybox fallocate -l 900M /vol/a && echo room;" +
      `dd if=/dev/zero of=/vol/b bs=1M count=200 2>&1 | grep -o 'No space left on device'; ${WAIT}`;
    const definition = await fargate.define([shell(fill, { mountPoints: [MOUNT] })], launchVolume);
    const runs = ["xfs", "ext4", "ext3"].map(async (filesystemType) => {
      const [task] = await fargate.start(
        definition,
        configured({
          filesystemType: filesystemType as "xfs",
          tagSpecifications: [{ resourceType: "volume", tags: [{ key: "k", value: "v" }] }],
        }),
      );
      const { id: _, ...attachment } = attachmentOf(task!);
      expect(attachment).toEqual({
        type: "AmazonElasticBlockStorage",
        status: "ATTACHED",
        details: {
          roleArn: "arn:aws:iam::000000000000:role/ecsInfrastructureRole",
          volumeName: "vol",
          volumeId: expect.stringMatching(/^vol-[0-9a-f]{17}$/),
          deleteOnTermination: "true",
        },
      });
      const { volumeId } = attachment.details;
      const { Volumes } = await fargate.clients.ec2.send(new DescribeVolumesCommand({ VolumeIds: [volumeId!] }));
      expect(Volumes).toMatchObject([
        {
          VolumeId: volumeId,
          Size: 1,
          VolumeType: "gp2",
          Iops: 100,
          State: "in-use",
          AvailabilityZone: task!.availabilityZone,
          Attachments: [{ AssociatedResource: task!.taskArn, DeleteOnTermination: true, State: "attached" }],
        },
      ]);
      expect(Volumes![0]!.Tags).toContainEqual({ Key: "k", Value: "v" });
      await expect(fargate.clients.ec2.send(new DeleteVolumeCommand({ VolumeId: volumeId }))).rejects.toMatchObject({
        name: "VolumeInUse",
      });
      await until(async () => (await fargate.lines(task!)).length === 3);
      expect(await fargate.lines(task!)).toEqual([
        filesystemType === "xfs" ? "xfs" : "ext4",
        "room",
        "No space left on device",
      ]);
      const [stopped] = await fargate.stop([task!]);
      expect(attachmentOf(stopped!).status).toBe("DELETED");
      await expect(
        fargate.clients.ec2.send(new DescribeVolumesCommand({ VolumeIds: [volumeId!] })),
      ).rejects.toMatchObject({ name: "InvalidVolume.NotFound" });
      expect(existsSync(join(engine.dataFolder, "storage/volumes", volumeId!))).toBe(false);
    });
    await Promise.all(runs);
  });

  test("are kept when asked for, until they are deleted", async () => {
    const definition = await fargate.define([shell("echo kept > /vol/x", { mountPoints: [MOUNT] })], launchVolume);
    const task = await ended(definition, configured({ terminationPolicy: { deleteOnTermination: false } }));
    const { volumeId } = attachmentOf(task).details;
    const volume = async () =>
      (await fargate.clients.ec2.send(new DescribeVolumesCommand({ VolumeIds: [volumeId!] }))).Volumes![0]!;
    expect(await volume()).toMatchObject({ State: "available", Attachments: [] });
    const folder = join(engine.dataFolder, "storage/volumes", volumeId!);
    expect(readdirSync(folder).sort()).toEqual(["disk.img", "fs"]);
    expect(readdirSync(join(folder, "fs"))).toEqual([]);
    await fargate.clients.ec2.send(new DeleteVolumeCommand({ VolumeId: volumeId }));
    expect(existsSync(folder)).toBe(false);
    await expect(volume()).rejects.toMatchObject({ name: "InvalidVolume.NotFound" });
  });

  test("each task of a service has its own", async () => {
    const definition = await fargate.define(
      [shell(`echo x >> /vol/x; ${WAIT}`, { mountPoints: [MOUNT] })],
      launchVolume,
    );
    const { ecs, ec2 } = fargate.clients;
    await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: "disks",
        taskDefinition: definition,
        desiredCount: 2,
        launchType: "FARGATE",
        networkConfiguration: fargate.network(),
        tags: [{ key: "of", value: "service" }],
        volumeConfigurations: [
          {
            name: "vol",
            managedEBSVolume: {
              roleArn: "arn:aws:iam::000000000000:role/ecsInfrastructureRole",
              sizeInGiB: 2,
              volumeType: "gp3",
              tagSpecifications: [{ resourceType: "volume", propagateTags: "SERVICE" }],
            },
          },
        ],
      }),
    );
    const service = async () =>
      (await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: ["disks"] }))).services![0]!;
    await until(async () => (await service()).runningCount === 2, 90_000, "two tasks");
    expect((await service()).deployments![0]!.volumeConfigurations).toMatchObject([{ name: "vol" }]);
    const mine = async () =>
      (await ec2.send(new DescribeVolumesCommand({ Filters: [{ Name: "tag:of", Values: ["service"] }] }))).Volumes!;
    expect(await mine()).toMatchObject([
      { Size: 2, Iops: 3000, Throughput: 125 },
      { Size: 2, Iops: 3000, Throughput: 125 },
    ]);
    await ecs.send(new DeleteServiceCommand({ cluster: CLUSTER, service: "disks", force: true }));
    await until(async () => (await mine()).length === 0, 60_000, "the end of the volumes");
  });
});

describe("whatever happens to the control plane", () => {
  const SCRIPT = `cat /data/deep/seed; echo beat > /data/x; echo out > /y; ${WAIT}`;
  const define = () =>
    fargate.define(
      [
        shell(SCRIPT, {
          image: declaring,
          mountPoints: [{ sourceVolume: "filled", containerPath: "/data" }, MOUNT],
        }),
      ],
      { volumes: [{ name: "filled" }, { name: "vol", configuredAtLaunch: true }] },
    );
  const volumeConfigurations = [
    {
      name: "vol",
      managedEBSVolume: {
        roleArn: "arn:aws:iam::000000000000:role/ecsInfrastructureRole",
        sizeInGiB: 1,
        encrypted: true,
      },
    },
  ];
  const volumesLeft = () => readdirSync(join(engine.dataFolder, "storage/volumes"));

  test(
    "it may be killed at any step of a launch and of an end, and nothing is left",
    async () => {
      const definition = await define();
      const [bystander] = await fargate.start(definition, { volumeConfigurations });
      const upToDieAt = (failpoint: string) => engine.up({ NEARGATE_FAILPOINTS: `${failpoint}=kill` });
      const died = (failpoint: string) => until(() => !engine.alive, 30_000, `dying at ${failpoint}`);
      let task: Task | undefined;
      await engine.kill();
      await upToDieAt("storage.disk-made");
      // The answer may be lost with the engine.
      await fargate.run(definition, { volumeConfigurations, startedBy: "victim" }).then(
        ([launched]) => (task = launched),
        () => {},
      );
      await died("storage.disk-made");
      await upToDieAt("volumes.filled").catch(() => {}); // perhaps before it is ready
      await died("volumes.filled");
      await upToDieAt("storage.disk-unmounted");
      const query = new ListTasksCommand({ cluster: CLUSTER, startedBy: "victim" });
      task ??= { taskArn: (await fargate.clients.ecs.send(query)).taskArns![0]! };
      await fargate.reach([task, bystander!], "RUNNING");
      await until(async () => (await fargate.lines(task!)).includes("from the image"));
      expect(readdirSync(join(diskOf(task), "fs/volumes"))).toEqual(["filled"]);

      // The EBS volume is the first to be unmounted: its record says already that it goes.
      await fargate.stop([task]).catch(() => {});
      await died("storage.disk-unmounted");
      // What is left of a task when the host loses its power.
      const stray = join(engine.dataFolder, "storage/tasks", "0".repeat(32));
      mkdirSync(join(stray, "fs"), { recursive: true });
      writeFileSync(join(stray, "disk.img"), "x");
      await engine.up();
      expect(existsSync(stray)).toBe(false);
      await fargate.reach([task], "STOPPED");
      expect(await fargate.describe([bystander!])).toMatchObject([{ lastStatus: "RUNNING" }]);
      await fargate.stop([bystander!]);
      expect(tasksWithDisks()).toEqual([]);
      expect(volumesLeft()).toEqual([]);
    },
    300_000 * PATIENCE,
  );
});

test("a host that is full makes no disks, and leaves nothing", async () => {
  const root = mkdtempSync(join(tmpdir(), "neargate-disks-"));
  await run("mount", ["-t", "tmpfs", "-o", "size=128m", "tmpfs", root]);
  try {
    const disks = new LoopDisks(join(root, "disks"));
    await disks.start();
    const disk = { id: "a", sizeMiB: 1024, fileSystem: "ext4", lasting: false } as const;
    await expect(disks.attach(disk)).rejects.toThrow(DiskError);
    await expect(disks.attach(disk)).rejects.toThrow("no space left on the host's disk");
    await disks.remove("a");
    expect(await disks.list()).toEqual([]);
  } finally {
    await run("umount", [root]);
    rmSync(root, { recursive: true });
  }
});
