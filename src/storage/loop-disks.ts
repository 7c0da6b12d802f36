import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, rmdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { CommandError, run } from "../base/command.ts";
import { errnoOf, messageOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { DiskError, DiskFullError, type DiskSpec, type Disks, type DiskUsage } from "./disks.ts";
import { probeEncryption } from "./encryption-probe.ts";
import { encryptFolder, KEY_BYTES } from "./file-encryption.ts";
import { formatCommand, imageMiB, mountArguments, vaultOf } from "./format.ts";
import { bindFolder } from "./shared/mounts.ts";

const MIB = 1024 * 1024;
/** Disks grow as they are written to: with less than this left on the host, none is begun. */
const MIN_FREE_MIB = 512;
/** What was written and not yet stored is stored when a disk is unmounted: that takes its time. */
const UNMOUNT_TIMEOUT_MS = 300_000;
/** What umount exits with when the kernel refuses, as for a busy file system. */
const UMOUNT_FAILED = 32;
const PROBE_MIB = 64;

const IMAGE = "disk.img";
const MOUNT_POINT = "fs";
/** Where the whole file system of an encrypted disk is while its encrypted folder is made. */
const WHOLE = "whole";
const ENCRYPTED_FOLDER = "data";
/** Where the encrypted folder is that holds the file of a disk with a key. */
const VAULT = "vault";

/**
 * Disks that are sparse files with a file system each, mounted by loop devices: they work on every file system of the
 * host, need no set-up, and a full one is full for its own task alone. The kernel gives a loop device back with its mount.
 *
 * The file of a disk with a key lies in the encrypted folder of another such disk, its vault: so it may have any file system,
 * and nothing of that is to be seen on the host, sizes and times neither.
 */
export class LoopDisks implements Disks {
  private readonly root: string;
  private readonly encrypted: boolean;

  /**
   * @param root a folder of their own, for nobody else's eyes
   * @param options.encrypted whether the disks made from now on are encrypted under a key that the kernel forgets at the
   * unmount; none of them can be lasting, nor xfs, nor have a key
   */
  constructor(root: string, options: { encrypted?: boolean } = {}) {
    this.root = root;
    this.encrypted = options.encrypted ?? false;
  }

  async start(): Promise<void> {
    await mkdir(this.root, { recursive: true, mode: 0o700 });
    const probe = join(this.root, ".probe");
    const file = await open(probe, "w", 0o600);
    try {
      await file.truncate(PROBE_MIB * MIB);
      const { blocks } = await file.stat();
      if (blocks * 512 >= PROBE_MIB * MIB)
        throw new DiskError(
          `the file system of ${this.root} has no sparse files, which the storage of tasks needs: choose a data folder on ext4, xfs or btrfs`,
        );
    } finally {
      await file.close();
      await rm(probe, { force: true });
    }
    if (this.encrypted) await probeEncryption(this);
  }

  folder(id: string): string {
    return join(this.root, id, MOUNT_POINT);
  }

  async attach(disk: DiskSpec): Promise<string> {
    const folder = this.folder(disk.id);
    if (await this.isMounted(disk.id)) return folder;
    const key = await disk.key?.();
    try {
      await this.detach(disk.id); // half of it may be mounted
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await (key ? this.attachInVault(disk, key) : this.attachImage(disk));
      failpoint("storage.disk-mounted");
    } catch (cause) {
      throw cause instanceof DiskError ? cause : new DiskError(messageOf(cause), { cause });
    } finally {
      key?.fill(0);
    }
    return folder;
  }

  async detach(id: string): Promise<void> {
    for (const place of [MOUNT_POINT, VAULT, WHOLE])
      while (await this.isMounted(id, place)) await unmount(join(this.root, id, place));
  }

  async remove(id: string): Promise<void> {
    await this.detach(id);
    failpoint("storage.disk-unmounted");
    for (const file of [IMAGE, `${IMAGE}.new`]) await rm(join(this.root, id, file), { force: true });
    // Folder by folder: should a mount have come back meanwhile, this fails and nothing is removed inside.
    for (const folder of [MOUNT_POINT, VAULT, WHOLE, "."]) await removeFolder(join(this.root, id, folder));
  }

  async usage(id: string): Promise<DiskUsage | undefined> {
    if (!(await this.isMounted(id))) return undefined;
    const { bsize, blocks, bfree, bavail } = await statfs(this.folder(id));
    return { used: Math.ceil(((blocks - bfree) * bsize) / MIB), available: Math.floor((bavail * bsize) / MIB) };
  }

  async list(): Promise<string[]> {
    const entries = await readdir(this.root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  }

  private async attachImage(disk: DiskSpec): Promise<void> {
    await this.ensureImage(disk, IMAGE, this.encrypted);
    failpoint("storage.disk-made");
    if (!this.encrypted) return await this.mount(disk, IMAGE, MOUNT_POINT);
    const key = randomBytes(KEY_BYTES);
    try {
      await this.mountEncrypted(disk, key, MOUNT_POINT);
    } finally {
      key.fill(0);
    }
  }

  private async attachInVault(disk: DiskSpec, key: Buffer): Promise<void> {
    const vault = vaultOf(disk);
    await this.ensureImage(vault, IMAGE, true);
    failpoint("storage.vault-made");
    await mkdir(join(this.root, disk.id, VAULT), { recursive: true, mode: 0o700 });
    await this.mountEncrypted(vault, key, VAULT);
    const image = join(VAULT, IMAGE);
    await this.ensureImage(disk, image, false);
    failpoint("storage.disk-made");
    await this.mount(disk, image, MOUNT_POINT);
  }

  /** @param encrypted whether folders of its file system are to be encrypted */
  private async ensureImage(disk: DiskSpec, name: string, encrypted: boolean): Promise<void> {
    const image = join(this.root, disk.id, name);
    if (disk.lasting && (await statOf(image))) return;
    const { bavail, bsize } = await statfs(this.root);
    if (bavail * bsize < MIN_FREE_MIB * MIB) throw new DiskFullError(`no space left on the host's disk (${this.root})`);
    const made = `${image}.new`;
    for (const path of [made, image]) await rm(path, { force: true }); // a new file is zeros from end to end
    const file = await open(made, "wx", 0o600);
    try {
      await file.truncate(imageMiB(disk) * MIB);
      const [program, ...args] = formatCommand(disk, made, encrypted);
      await run(program, args);
      if (disk.lasting) await file.sync();
    } finally {
      await file.close();
    }
    await rename(made, image);
  }

  private async mount(disk: DiskSpec, image: string, place: string): Promise<void> {
    const folder = join(this.root, disk.id);
    try {
      await run("mount", [...mountArguments(disk), join(folder, image), join(folder, place)]);
    } catch (cause) {
      // The mount that a killed engine had begun came in between.
      if (!(await this.isMounted(disk.id, place))) throw cause;
    }
  }

  /** The root of a file system cannot be encrypted: a folder in it is, and takes its place. */
  private async mountEncrypted(disk: DiskSpec, key: Buffer, place: string): Promise<void> {
    const whole = join(this.root, disk.id, WHOLE);
    await mkdir(whole, { recursive: true, mode: 0o700 });
    await this.mount(disk, IMAGE, WHOLE);
    failpoint("storage.disk-unencrypted");
    const path = join(whole, ENCRYPTED_FOLDER);
    await mkdir(path, { recursive: true }); // a lasting disk has it from before
    const folder = await open(path, "r");
    try {
      encryptFolder(folder.fd, key);
      bindFolder(folder.fd, join(this.root, disk.id, place));
    } finally {
      await folder.close();
    }
    failpoint("storage.disk-encrypted");
    await unmount(whole);
  }

  /** A folder that lies on another device than its parent is a mount point. */
  private async isMounted(id: string, place = MOUNT_POINT): Promise<boolean> {
    const [parent, folder] = await Promise.all([statOf(join(this.root, id)), statOf(join(this.root, id, place))]);
    return parent !== undefined && folder !== undefined && parent.dev !== folder.dev;
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}

async function removeFolder(path: string): Promise<void> {
  await rmdir(path).catch((cause: unknown) => {
    if (errnoOf(cause) !== "ENOENT") throw cause;
  });
}

/** A file system that something still looks at goes out of sight at once, and ends with the last that looks. */
async function unmount(folder: string): Promise<void> {
  try {
    await run("umount", [folder], { timeoutMs: UNMOUNT_TIMEOUT_MS });
  } catch (cause) {
    if (!(cause instanceof CommandError) || cause.exitCode !== UMOUNT_FAILED) throw cause;
    await run("umount", ["--lazy", folder]);
  }
}
