import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";

/** What is known of a container beside what containerd says. */
export interface ContainerNote {
  /** Milliseconds since 1970; noted before the container is started. */
  startedAt: number;
  /** How often it was restarted; absent before the first time. */
  run?: number;
  exit?: { exitCode: number; exitedAt: number; oomKilled: boolean };
}

/**
 * Notes on containers, one file each in the run folder. They outlive this process, not a reboot, as containers do; so
 * they need not be forced to the disk. With them a container whose task is gone from containerd (its shim was killed)
 * is told from one that was never started.
 */
export class ContainerNotes {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  read(id: string): ContainerNote | undefined {
    try {
      return JSON.parse(readFileSync(this.path(id), "utf8")) as ContainerNote;
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return undefined;
      throw cause;
    }
  }

  write(id: string, note: ContainerNote): void {
    const temporary = `${this.path(id)}.tmp`;
    writeFileSync(temporary, JSON.stringify(note));
    renameSync(temporary, this.path(id));
  }

  remove(id: string): void {
    rmSync(this.path(id), { force: true });
  }

  private path(id: string): string {
    return join(this.folder, `${id}.json`);
  }
}
