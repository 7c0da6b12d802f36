import { closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../base/command.ts";
import { daemonPid, ensureDaemon, stopDaemon } from "../../base/daemon.ts";
import { errnoOf } from "../../base/errors.ts";
import { KeyedQueue } from "../../base/keyed-queue.ts";
import {
  type Attachment,
  type FileSystemName,
  type FileSystems,
  FolderError,
  type PosixIdentity,
} from "./file-systems.ts";
import { openFolder } from "./folder-walk.ts";
import { bindFolder, isMounted, mountFuse, unmountAll } from "./mounts.ts";
import type { Place } from "./place.ts";

const PROGRAM = fileURLToPath(new URL("access-point/main.ts", import.meta.url));
/** Its memory is two buffers and what Node needs. */
const NODE_FLAGS = ["--max-semi-space-size=1"];
const MEASURE_TIMEOUT_MS = 600_000;

/**
 * File systems as folders of the data folder, or of an NFS server: `ACCOUNT/REGION/fs-…`. An attachment without an identity is a bind mount.
 * One with an identity is a file system of a process of its own, which has taken that identity for ever.
 */
export class LocalFileSystems implements FileSystems {
  private readonly place: Place;
  private readonly runFolder: string;
  private readonly queue = new KeyedQueue();

  /** @param place of the data; @param runFolder of mounts and processes, without spaces */
  constructor({ place, runFolder }: { place: Place; runFolder: string }) {
    this.place = place;
    this.runFolder = runFolder;
  }

  get showsTaskUsers(): boolean {
    return this.place.showsTaskUsers;
  }

  start(): Promise<void> {
    return this.place.start();
  }

  async release(): Promise<void> {
    this.place.release();
  }

  async create(name: FileSystemName): Promise<void> {
    await this.requireAnswer();
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await mkdir(this.folderOf(name), { recursive: true, mode: 0o755 });
  }

  async delete(name: FileSystemName): Promise<void> {
    await this.requireAnswer();
    // Unlike Node, rm goes from folder to folder by descriptors: a task that exchanges folders for links leads it nowhere.
    await run("rm", ["-rf", "--one-file-system", this.folderOf(name)], { timeoutMs: MEASURE_TIMEOUT_MS });
  }

  async measure(name: FileSystemName): Promise<number> {
    const arguments_ = ["-s", "-x", "--block-size=1", this.folderOf(name)];
    const { stdout } = await run("du", arguments_, { timeoutMs: MEASURE_TIMEOUT_MS });
    return Number.parseInt(stdout, 10);
  }

  attach(attachment: Attachment): Promise<string> {
    return this.queue.run(attachment.id, async () => {
      const { id, identity } = attachment;
      const target = this.targetOf(id);
      if (isMounted(target)) {
        if (!identity || daemonPid(this.pidFile(id)) !== undefined) return target;
        unmountAll(target); // its process has ended
      }
      await this.requireAnswer();
      const folder = openFolder(this.folderOf(attachment), attachment.path, attachment.create);
      try {
        mkdirSync(target, { recursive: true, mode: 0o700 });
        bindFolder(folder, target);
        if (identity) await this.serve(id, identity);
      } finally {
        closeSync(folder);
      }
      await stat(target); // the first answer
      return target;
    });
  }

  detach(id: string): Promise<void> {
    return this.queue.run(id, async () => {
      unmountAll(this.targetOf(id));
      await stopDaemon(this.pidFile(id));
      removeFolder(this.targetOf(id)); // alone: were something mounted there, it would refuse
      rmSync(join(this.runFolder, id), { recursive: true, force: true });
    });
  }

  failed(): string[] {
    return this.attached().filter((id) => existsSync(this.pidFile(id)) && daemonPid(this.pidFile(id)) === undefined);
  }

  async detachAll(): Promise<void> {
    for (const id of this.attached()) await this.detach(id);
  }

  async clear(): Promise<void> {
    await run("rm", ["-rf", "--one-file-system", this.folder], { timeoutMs: MEASURE_TIMEOUT_MS });
  }

  /** Puts a process in the place of the folder that is mounted there. */
  private async serve(id: string, { uid, gid, secondaryGids, chown, firstId = 0 }: PosixIdentity): Promise<void> {
    const target = this.targetOf(id);
    await stopDaemon(this.pidFile(id)); // of a mount that is gone
    // The mount lives on in the descriptor: so the process cannot open devices that other tasks have made.
    const folder = openFolder(target, "/");
    const device = openSync("/dev/fuse", constants.O_RDWR);
    try {
      unmountAll(target);
      mountFuse(device, target);
      await ensureDaemon({
        program: process.execPath,
        args: [...NODE_FLAGS, PROGRAM, [uid, gid, ...secondaryGids].join(","), chown, String(firstId), target],
        pidFile: this.pidFile(id),
        logFile: join(this.runFolder, id, "log"),
        inherit: [device, folder],
        env: {},
      });
    } finally {
      closeSync(folder);
      closeSync(device); // while it is open here, nobody would hear of the process's end
    }
  }

  /** Before this process itself opens anything. @throws FolderError */
  private async requireAnswer(): Promise<void> {
    try {
      await this.place.requireAnswer();
    } catch (cause) {
      throw new FolderError("Connection timed out", { cause });
    }
  }

  private get folder(): string {
    return this.place.folder;
  }

  private attached(): string[] {
    try {
      return readdirSync(this.runFolder);
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return [];
      throw cause;
    }
  }

  private folderOf({ scope, fileSystemId }: FileSystemName): string {
    return join(this.folder, scope.account, scope.region, fileSystemId);
  }

  private targetOf(id: string): string {
    return join(this.runFolder, id, "mount");
  }

  private pidFile(id: string): string {
    return join(this.runFolder, id, "pid");
  }
}

function removeFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT") throw cause;
  }
}
