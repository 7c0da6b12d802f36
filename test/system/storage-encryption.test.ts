import { spawnSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../src/base/command.ts";
import { LoopDisks } from "../../src/storage/loop-disks.ts";
import { TestEngine, until } from "../support/engine.ts";
import { Fargate } from "../support/fargate.ts";
import { traces } from "../support/leaks.ts";

/* Whether a disk's file on the host tells what was written to the disk. */

/** A mebibyte of this line is written, to a file of this name. */
const LINE = "a-line-that-nobody-else-writes\n";
const NAME = "a-name-that-nobody-else-gives";
const MIB_OF_LINES = LINE.repeat(Math.ceil(1024 ** 2 / LINE.length));
const DISK = { id: "a", sizeMiB: 64, fileSystem: "ext4", lasting: false } as const;
const ENOKEY = 126;

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
  await run("sync", ["--file-system", join(disk, "fs")]);
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

test.for(["storage.disk-unencrypted", "storage.disk-encrypted"])(
  "a kill at %s leaves no disk in the clear",
  async (at) => {
    const folder = join(root, at);
    const loopDisks = join(import.meta.dirname, "../../src/storage/loop-disks.ts");
    const attach = `new LoopDisks(${JSON.stringify(folder)}, { encrypted: true }).attach(${JSON.stringify(DISK)})`;
    const { signal } = spawnSync(
      process.execPath,
      ["--input-type=module", "--eval", `import { LoopDisks } from "${loopDisks}"; await ${attach}`],
      { env: { ...process.env, NEARGATE_FAILPOINTS: `${at}=kill` } },
    );
    expect(signal).toBe("SIGKILL");
    const disks = new LoopDisks(folder, { encrypted: true });
    writeFileSync(join(await disks.attach(DISK), NAME), MIB_OF_LINES);
    expect(await found(join(folder, DISK.id))).toEqual([]);
    await disks.remove(DISK.id);
    expect(await disks.list()).toEqual([]);
  },
);

test("a task's disk tells nothing of it, and the task goes on without the control plane", async () => {
  expect((await engine.neargate(["status"])).stdout).toMatch(/^Storage +encrypted$/m);
  const write = (path: string) => `yes ${LINE.trim()} | head -c 1048576 > ${path}/${NAME}`;
  const script = `${write("/vol")}; ${write("")}; echo written; while :; do echo beat >> /vol/beats; sleep 0.1; done`;
  const definition = await fargate.define(
    [
      {
        image: await fargate.pushBusybox(),
        entryPoint: ["sh", "-c"],
        command: [script],
        mountPoints: [{ sourceVolume: "vol", containerPath: "/vol" }],
      },
    ],
    { volumes: [{ name: "vol" }] },
  );
  const [task] = await fargate.start(definition);
  const disk = join(engine.dataFolder, "storage/tasks", task!.taskArn!.split("/").at(-1)!);
  const beats = () => readFileSync(join(disk, "fs/volumes/vol/beats"), "utf8").length;
  await until(async () => (await fargate.lines(task!)).includes("written"));
  expect(readFileSync(join(disk, "fs/volumes/vol", NAME), "utf8")).toContain(LINE);
  expect(await found(disk)).toEqual([]);

  await engine.kill();
  await engine.up();
  const before = beats();
  await until(() => beats() > before);
  expect(await fargate.describe([task!])).toMatchObject([{ lastStatus: "RUNNING" }]);
  await fargate.stop([task!]);
  expect(readdirSync(join(disk, ".."))).toEqual([]);
});
