import { randomBytes } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/files.ts";
import { type NfsExport, nfsSource } from "../../base/nfs-export.ts";
import { isMounted, mountedSource, unmountAll } from "./mounts.ts";
import { answers, mountNfs, NfsError } from "./nfs-mount.ts";
import { requireOwners } from "./nfs-probe.ts";
import type { Place } from "./place.ts";

interface ShareFiles {
  /** The data folder's file that says which folder of the export is this engine's. */
  marker: string;
  /** Where file systems would be without an export. */
  localFolder: string;
  /** Where the export is mounted; without spaces, and for root alone. */
  mountPoint: string;
}

/**
 * The folder of an NFS server that an engine keeps its file systems in. Others may use the same export: each engine has a
 * folder of its own there, whose name it draws once and keeps in its data folder. The mount outlives the control plane.
 */
export class NfsShare implements Place {
  readonly showsTaskUsers = false;
  private readonly export_: NfsExport;
  private readonly files: ShareFiles;
  private name: string | undefined;

  constructor(wanted: NfsExport, files: ShareFiles) {
    this.export_ = wanted;
    this.files = files;
  }

  /** This engine's folder on the export; there is one after {@link start}. */
  get folder(): string {
    if (this.name === undefined) throw new Error("the NFS export is not mounted");
    return join(this.target, this.name);
  }

  /** Mounts the export, unless it is, and makes sure that it keeps files as EFS does. @throws NfsError */
  async start(): Promise<void> {
    this.requireNoLocalData();
    const wasMounted = isMounted(this.target);
    await this.mount();
    try {
      await this.requireUsable();
    } catch (cause) {
      if (!wasMounted) this.release(); // an engine that does not start leaves nothing
      throw cause;
    }
  }

  private async requireUsable(): Promise<void> {
    await this.requireAnswer();
    await requireOwners(this.export_, this.target);
    this.name = readMarker(this.files.marker) ?? (await this.claim());
    if (!existsSync(this.folder))
      throw new NfsError(
        `${nfsSource(this.export_)} has no folder ${this.name}, where this engine's file systems are: name the export that has it`,
      );
  }

  /** @throws NfsError when the server does not answer: whoever opened a file then would wait for ever */
  async requireAnswer(): Promise<void> {
    if (!(await answers(this.target))) throw new NfsError(`${nfsSource(this.export_)} does not answer`);
  }

  /** What tasks still have mounted stays with them. */
  release(): void {
    unmountAll(this.target);
  }

  private get target(): string {
    return join(this.files.mountPoint, "export");
  }

  private requireNoLocalData(): void {
    const { marker, localFolder } = this.files;
    if (existsSync(marker) || globSync("*/*/fs-*", { cwd: localFolder }).length === 0) return;
    throw new NfsError(
      `this engine has file systems in ${localFolder}: delete them before file systems are kept on an NFS export`,
    );
  }

  private async mount(): Promise<void> {
    if (isMounted(this.target)) {
      if (mountedSource(this.target) === nfsSource(this.export_)) return;
      unmountAll(this.target);
    }
    await mkdir(this.files.mountPoint, { recursive: true, mode: 0o700 });
    await mkdir(this.target, { recursive: true });
    await mountNfs(this.export_, this.target);
  }

  /** Draws the folder's name. Were the marker not written, an empty folder would be left. */
  private async claim(): Promise<string> {
    const name = `neargate-${randomBytes(8).toString("hex")}`;
    await mkdir(join(this.target, name), { mode: 0o700 });
    writeFileAtomic(this.files.marker, `${JSON.stringify({ folder: name })}\n`);
    return name;
  }
}

/** The name of an engine's folder on its export, when it has one. */
export function readMarker(path: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { folder: string }).folder;
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}
