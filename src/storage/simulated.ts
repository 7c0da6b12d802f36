import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import type { DiskSpec, Disks, DiskUsage } from "./disks.ts";

/** Disks for the simulated profile, which has no root: folders without a limit, made by whoever puts something there. */
export class SimulatedDisks implements Disks {
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  async start(): Promise<void> {}

  folder(id: string): string {
    return join(this.root, id);
  }

  async attach({ id, key }: DiskSpec): Promise<string> {
    (await key?.())?.fill(0); // it encrypts nothing here, but a key that cannot be used is refused all the same
    return this.folder(id);
  }

  async detach(): Promise<void> {}

  async remove(id: string): Promise<void> {
    await rm(this.folder(id), { recursive: true, force: true });
  }

  async usage(): Promise<DiskUsage | undefined> {
    return undefined;
  }

  async list(): Promise<string[]> {
    try {
      return await readdir(this.root);
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return [];
      throw cause;
    }
  }
}
