import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { writeFileAtomic } from "../../base/files.ts";
import type { ContainerState } from "../backend.ts";

/** A simulated container as it is kept. */
export interface SimulatedContainer extends ContainerState {
  /** The image reference, which says how it behaves. */
  image: string;
  digest: string;
  /** When it ends by itself, in milliseconds since 1970. */
  endsAt?: number;
}

/**
 * The simulated containers, in a file to which each change is appended: they survive this process, as real ones do.
 * Opening reads it and leaves only what still exists.
 */
export class Journal {
  readonly containers = new Map<string, SimulatedContainer>();
  private readonly path: string;
  private fd: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  open(): void {
    if (this.fd !== undefined) return;
    mkdirSync(dirname(this.path), { recursive: true });
    this.containers.clear();
    for (const [id, container] of readEntries(this.path)) {
      if (container) this.containers.set(id, container);
      else this.containers.delete(id);
    }
    writeFileAtomic(this.path, [...this.containers].map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    this.fd = openSync(this.path, "a");
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  /** Closes and deletes it. */
  discard(): void {
    this.close();
    rmSync(this.path, { force: true });
  }

  put(container: SimulatedContainer): void {
    this.containers.set(container.id, container);
    this.append(container.id, container);
  }

  remove(id: string): void {
    if (this.containers.delete(id)) this.append(id, null);
  }

  private append(id: string, container: SimulatedContainer | null): void {
    if (this.fd === undefined) throw new Error("the simulated backend is not started");
    writeSync(this.fd, `${JSON.stringify([id, container])}\n`);
  }
}

/** The last line may have been cut by a crash: it was not acknowledged then. */
function readEntries(path: string): [string, SimulatedContainer | null][] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as [string, SimulatedContainer | null]);
}
