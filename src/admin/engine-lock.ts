import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import koffi from "koffi";

const LOCK_EX = 2;
const LOCK_NB = 4;
const EWOULDBLOCK = 11;

/**
 * A killed engine's lock is held for moments more by a program that it was just starting: until that has become the
 * program, it has all that the engine had.
 */
const DEAD_OWNER_ATTEMPTS = 100;
const DEAD_OWNER_PAUSE_MS = 20;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** Another process has the data folder. */
export class DataFolderInUseError extends Error {
  override name = "DataFolderInUseError";
  /** The other process, as it said when it took the lock. */
  readonly pid: number | undefined;

  constructor(dataFolder: string, pid: number | undefined) {
    super(`an engine${pid === undefined ? "" : ` (pid ${pid})`} already runs on ${dataFolder}`);
    this.pid = pid;
  }
}

/** The exclusive right to a data folder. The kernel takes it back when the process dies, however it dies. */
export interface EngineLock {
  release(): void;
}

/** The file that is locked; also the mark that a folder is ours. */
export function lockFile(dataFolder: string): string {
  return join(dataFolder, "engine.lock");
}

/**
 * Takes the data folder, which must exist. Node has no file locks, so this is flock(2) itself; descriptors are
 * close-on-exec, so daemons that outlive us do not keep it.
 * @throws DataFolderInUseError when another process has it.
 */
export function lockDataFolder(dataFolder: string): EngineLock {
  const path = lockFile(dataFolder);
  for (let attempt = 1; ; attempt++) {
    const fd = openSync(path, "a+", 0o600);
    if (flock(fd, LOCK_EX | LOCK_NB) !== 0) {
      const errno = koffi.errno();
      closeSync(fd);
      if (errno !== EWOULDBLOCK) throw new Error(`${path} cannot be locked (errno ${errno})`);
      const owner = Number(readFileSync(path, "utf8")) || undefined;
      if (owner !== undefined && !existsSync(`/proc/${owner}`) && attempt < DEAD_OWNER_ATTEMPTS) {
        Atomics.wait(PAUSE, 0, 0, DEAD_OWNER_PAUSE_MS);
        continue;
      }
      throw new DataFolderInUseError(dataFolder, owner);
    }
    if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino) {
      ftruncateSync(fd);
      writeSync(fd, `${process.pid}\n`);
      return { release: () => closeSync(fd) };
    }
    closeSync(fd); // an ephemeral engine removed the file between our open and our lock
  }
}

const flock = koffi.load(null).func("int flock(int, int)") as (fd: number, operation: number) => number;
