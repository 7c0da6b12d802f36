import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
} from "@aws-sdk/client-efs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseNfsExport } from "../../src/base/nfs-export.ts";
import { isMounted } from "../../src/storage/shared/mounts.ts";
import { probeNfs } from "../../src/storage/shared/nfs-probe.ts";
import { NfsShare } from "../../src/storage/shared/nfs-share.ts";
import { LocalPlace } from "../../src/storage/shared/place.ts";
import { run } from "../support/command.ts";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { traces } from "../support/leaks.ts";

/*
 * EFS on an NFS server. The server is the kernel's own, of which there is one in a machine: so that it is nobody's, these
 * tests run in the virtual machine only (npm run test:machine).
 */

const inMachine = process.env["NEARGATE_VIRTUAL_MACHINE"] === "1";
const folder = mkdtempSync(join(tmpdir(), "neargate-nfs-"));
const places: NfsShare[] = [];
let mountd: ChildProcess | undefined;

const exported = (name: string) => join(folder, name);
const filesOf = (engine: string) => ({
  marker: join(folder, engine, "efs-nfs.json"),
  localFolder: join(folder, engine, "efs"),
  mountPoint: join(folder, engine, "mount"),
});

function share(engine: string, name: string, options = ""): NfsShare {
  mkdirSync(join(folder, engine), { recursive: true });
  const place = new NfsShare(parseNfsExport(`127.0.0.1:/${name}${options}`)!, filesOf(engine));
  places.push(place);
  return place;
}

async function serve(): Promise<void> {
  for (const name of ["good", "squashed", "secure"]) {
    mkdirSync(exported(name));
    await run("mount", ["--bind", exported(name), exported(name)]); // within one mount, its export's options would hold
  }
  await run("modprobe", ["nfsd"]);
  await run("mount", ["-t", "nfsd", "nfsd", "/proc/fs/nfsd"]);
  writeFileSync("/proc/fs/nfsd/nfsv4gracetime", "10");
  mkdirSync("/var/lib/nfs/v4recovery", { recursive: true });
  const exports = [
    `${folder} 127.0.0.1(rw,no_root_squash,insecure,no_subtree_check,fsid=0)`, // all paths of clients begin there
    `${exported("good")} 127.0.0.1(rw,no_root_squash,insecure,no_subtree_check,fsid=1)`,
    `${exported("squashed")} 127.0.0.1(rw,root_squash,insecure,no_subtree_check,fsid=2)`,
    `${exported("secure")} 127.0.0.1(rw,no_root_squash,secure,no_subtree_check,fsid=3)`,
  ];
  writeFileSync("/etc/exports", `${exports.join("\n")}\n`);
  await run("exportfs", ["-r"]);
  mountd = spawn("rpc.mountd", ["--foreground", "--no-nfs-version", "3"], { stdio: "ignore" });
  await run("rpc.nfsd", ["--no-nfs-version", "3", "--no-udp", "--host", "127.0.0.1", "4"]);
  writeFileSync("/proc/fs/nfsd/v4_end_grace", "Y");
}

describe.skipIf(!inMachine)("EFS on an NFS server", () => {
  beforeAll(serve);
  afterAll(async () => {
    for (const place of places) place.release();
    await run("rpc.nfsd", ["0"]);
    mountd?.kill();
  });

  test("each engine has a folder of its own, and finds it again", async () => {
    const one = share("one", "good");
    await one.start();
    await share("two", "good").start();
    expect(readdirSync(exported("good")).length).toBe(2);
    const { folder: before } = one;
    one.release();
    expect(isMounted(join(filesOf("one").mountPoint, "export"))).toBe(false);
    const again = share("one", "good");
    await again.start();
    expect(again.folder).toBe(before);
    await again.start(); // mounted already
    const { marker } = filesOf("one");
    await expect(new LocalPlace({ folder: filesOf("one").localFolder, marker }).start()).rejects.toThrow(/--efs-nfs$/);
  });

  test("an export is tried without a trace, as neargate doctor does", async () => {
    const [mounts, names] = [() => readFileSync("/proc/self/mountinfo", "utf8"), () => readdirSync(exported("good"))];
    const before = [mounts(), names()];
    await probeNfs(parseNfsExport("127.0.0.1:/good")!);
    expect([mounts(), names()]).toEqual(before);
  });

  test("what cannot be used is refused, and says why", async () => {
    for (const place of places.splice(0)) place.release(); // mounts of one server share a connection, and its port
    const refusal = (...parameters: Parameters<typeof share>) => expect(share(...parameters).start()).rejects;
    await refusal("three", "squashed").toThrow(/root cannot write .*no_root_squash/);
    await expect(probeNfs(parseNfsExport("127.0.0.1:/squashed")!)).rejects.toThrow(/root cannot write/);
    await refusal("four", "missing").toThrow(/does not offer that folder/);
    await refusal("five", "good", ",port=9").toThrow(/refuses connections/);
    await refusal("six", "secure").toThrow(/"insecure" unless the mount option resvport/);
    await share("six", "secure", ",resvport").start();
    await refusal("one", "secure", ",resvport").toThrow(/has no folder neargate-/);
    mkdirSync(join(filesOf("seven").localFolder, "000000000000/us-east-1/fs-1"), { recursive: true });
    await refusal("seven", "good").toThrow(/delete them before/);
  });

  test("tasks write there, as whom they are, while the control plane is down", async () => {
    const flags = ["--user-namespaces", "off", "--isolation", "runc"];
    const engine = await TestEngine.start([...flags, "--efs-nfs", "127.0.0.1:/good"]);
    const before = JSON.parse(readFileSync(join(engine.dataFolder, "efs-nfs.json"), "utf8")) as { folder: string };
    const { instance } = JSON.parse((await engine.neargate(["status", "--json"])).stdout) as { instance: string };
    const fargate = await Fargate.prepare(engine);
    const { endpoint, region, credentials } = engine;
    const efs = new EFSClient({ endpoint, region, credentials });
    const FileSystemId = (await efs.send(new CreateFileSystemCommand({ CreationToken: randomUUID() }))).FileSystemId!;
    const of = { FileSystemId };
    await until(async () => {
      const { FileSystems } = await efs.send(new DescribeFileSystemsCommand(of));
      return FileSystems![0]!.LifeCycleState === "available";
    });
    const subnets = fargate.subnetIds.slice(0, 1);
    await efs.send(new CreateMountTargetCommand({ ...of, SubnetId: subnets[0] }));
    await until(async () => {
      const { MountTargets } = await efs.send(new DescribeMountTargetsCommand(of));
      return MountTargets!.every((target) => target.LifeCycleState === "available");
    });
    const { AccessPointId } = await efs.send(
      new CreateAccessPointCommand({
        ...of,
        ClientToken: "app",
        PosixUser: { Uid: 1000, Gid: 1001 },
        RootDirectory: { Path: "/app", CreationInfo: { OwnerUid: 1000, OwnerGid: 1001, Permissions: "0750" } },
      }),
    );
    const definition = await fargate.define(
      [
        {
          image: await fargate.pushBusybox(),
          entryPoint: ["sh", "-c"],
          command: [
            "echo mine > /app/mine; echo all > /all/file; busybox chown 7:8 /all/file; " +
              "while busybox sleep 0.2; do echo tick >> /app/ticks; done",
          ],
          mountPoints: [
            { containerPath: "/app", sourceVolume: "app" },
            { containerPath: "/all", sourceVolume: "all" },
          ],
        },
      ],
      {
        volumes: [
          { name: "all", efsVolumeConfiguration: { fileSystemId: FileSystemId } },
          {
            name: "app",
            efsVolumeConfiguration: {
              fileSystemId: FileSystemId,
              transitEncryption: "ENABLED",
              authorizationConfig: { accessPointId: AccessPointId! },
            },
          },
        ],
      },
    );
    const networkConfiguration = { awsvpcConfiguration: { subnets, assignPublicIp: "ENABLED" as const } };
    const [task] = await fargate.start(definition, { networkConfiguration });
    const data = join(exported("good"), before.folder, "000000000000", engine.region, FileSystemId);
    const owners = (path: string) => [statSync(path).uid, statSync(path).gid];
    await until(() => existsSync(join(data, "app/ticks")));
    expect(owners(join(data, "app/mine"))).toEqual([1000, 1001]);
    expect(owners(join(data, "file"))).toEqual([7, 8]);

    await engine.kill();
    const ticks = () => statSync(join(data, "app/ticks")).size;
    const atKill = ticks();
    await until(() => ticks() > atKill);
    await engine.up();
    const atStart = ticks();
    await until(() => ticks() > atStart);
    expect((await fargate.describe([task!]))[0]!.lastStatus).toBe("RUNNING");

    await engine.stop();
    expect(await traces(instance, engine.dataFolder)).toEqual([]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(instance);
    expect(existsSync(join(data, "app/mine"))).toBe(true);
  });
});
