import { appendFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../base/command.ts";
import { messageOf } from "../base/errors.ts";
import { DiskError, DiskFullError, type Disks, type DiskSpec } from "./disks.ts";

const PROBE: DiskSpec = { id: "probe", sizeMiB: 16, fileSystem: "ext4", lasting: false };

/**
 * Tries what tasks do on encrypted disks: a container's writable layer is the upper folder of an overlay.
 * @throws DiskError when it does not work here
 */
export async function probeEncryption(disks: Disks): Promise<void> {
  try {
    await disks.remove(PROBE.id); // that a killed engine left
    await writeLayer(await disks.attach(PROBE));
  } catch (cause) {
    if (cause instanceof DiskFullError) return; // tasks that run go on, and none can start
    throw new DiskError(
      `the storage of tasks cannot be encrypted here: a kernel with CONFIG_FS_ENCRYPTION, whose overlays take encrypted folders, is needed (${messageOf(cause)})`,
      { cause },
    );
  } finally {
    await disks.remove(PROBE.id);
  }
}

async function writeLayer(folder: string): Promise<void> {
  for (const name of ["lower", "upper", "work", "merged"]) await mkdir(join(folder, name));
  await writeFile(join(folder, "lower/file"), "from the image");
  const merged = join(folder, "merged");
  // Relative paths: those of the data folder may hold what separates options.
  const layers = "lowerdir=lower,upperdir=upper,workdir=work";
  await run("mount", ["-t", "overlay", "overlay", "-o", layers, merged], { cwd: folder });
  try {
    await appendFile(join(merged, "file"), ", changed");
    await rename(join(merged, "file"), join(merged, "renamed"));
    const content = await readFile(join(folder, "upper/renamed"), "utf8");
    if (content !== "from the image, changed") throw new Error("what an overlay wrote is not there");
  } finally {
    await run("umount", [merged]);
  }
}
