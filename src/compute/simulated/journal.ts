import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { writeFileAtomic } from "../../base/files.ts";
import type { ContainerState } from "../backend.ts";

/** A simulated container as it is kept. */
export interface SimulatedContainer extends ContainerState {
  /** The image reference, which says how it behaves. */
  image: string;
  digest: string;
  /** Which of the containers of its image it is, from 1 on. Absent in what earlier releases have stored. */
  number?: number;
  /** Milliseconds since 1970. */
  startedAt?: number;
  /** When it ends by itself, milliseconds since 1970, and how. */
  end?: { at: number; exitCode: number; oomKilled: boolean };
}

/** What is known of an image. */
export interface SimulatedImage {
  /** As it was first asked for by its tag. */
  reference: string;
  digest: string;
  /** How often it was pulled, and how many containers were made of it. */
  pulls: number;
  containers: number;
}

/** One line: a container that changed or is gone, or an image. */
type Entry = [id: string, container: SimulatedContainer | null] | [mark: typeof IMAGE, image: SimulatedImage];

const IMAGE = "@image";
/** More lines than this for each thing that exists are written anew. */
const LINES_PER_THING = 4;
const FEW_LINES = 10_000;

/**
 * The simulated containers, and how often images were used, in a file to which each change is appended: they survive this
 * process, as real ones do. Opening reads it and leaves only what still exists; a file that has grown is written anew.
 */
export class Journal {
  readonly containers = new Map<string, SimulatedContainer>();
  /** By digest. */
  readonly images = new Map<string, SimulatedImage>();
  private readonly path: string;
  private fd: number | undefined;
  private lines = 0;

  constructor(path: string) {
    this.path = path;
  }

  open(): void {
    if (this.fd !== undefined) return;
    mkdirSync(dirname(this.path), { recursive: true });
    this.containers.clear();
    this.images.clear();
    for (const [id, thing] of readEntries(this.path)) {
      if (thing === null) this.containers.delete(id);
      else if ("reference" in thing) this.images.set(thing.digest, thing);
      else this.containers.set(id, thing);
    }
    this.rewrite();
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
    this.append([container.id, container]);
  }

  putImage(image: SimulatedImage): void {
    this.images.set(image.digest, image);
    this.append([IMAGE, image]);
  }

  remove(id: string): void {
    if (this.containers.delete(id)) this.append([id, null]);
  }

  private append(entry: Entry): void {
    if (this.fd === undefined) throw new Error("the simulated backend is not started");
    writeSync(this.fd, `${JSON.stringify(entry)}\n`);
    this.lines += 1;
    if (this.lines > FEW_LINES + LINES_PER_THING * (this.containers.size + this.images.size)) this.rewrite();
  }

  private rewrite(): void {
    const entries: Entry[] = [...[...this.images.values()].map((image): Entry => [IMAGE, image]), ...this.containers];
    writeFileAtomic(this.path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    this.close();
    this.fd = openSync(this.path, "a");
    this.lines = entries.length;
  }
}

/** The last line may have been cut by a crash: it was not acknowledged then. */
function readEntries(path: string): Entry[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Entry);
}
