import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { errnoOf } from "../../base/errors.ts";

/** Of all engines of the host. */
export const CLAIMS = "/run/neargate/ranges";
/** A claim this young is believed whatever its engine has on the host: it has just started. Milliseconds. */
const GRACE_MS = 60_000;

/**
 * Which engine of the host has which range of addresses: a file each, made exclusively, so that two engines that start
 * at the same moment do not choose the same. Gone after a reboot, as the routes are.
 */
export class RangeClaims {
  private readonly folder: string;
  private readonly instance: string;

  /** @param folder shared by all engines of the host */
  constructor(folder: string, instance: string) {
    this.folder = folder;
    this.instance = instance;
  }

  /**
   * Takes a range, unless another engine has it.
   * @param isAlive whether the engine has anything on the host: a claim of one that has nothing was left by a crash
   * @returns whether it is ours now
   */
  claim(range: string, isAlive: (instance: string) => boolean): boolean {
    mkdirSync(this.folder, { recursive: true });
    const path = this.pathOf(range);
    for (;;) {
      try {
        writeFileSync(path, this.instance, { flag: "wx" });
        return true;
      } catch (cause) {
        if (errnoOf(cause) !== "EEXIST") throw cause;
      }
      const owner = this.ownerOf(path);
      if (owner === undefined) continue; // given back in between
      if (owner.instance === this.instance) return true;
      if (owner.ageMs < GRACE_MS || isAlive(owner.instance)) return false;
      rmSync(path, { force: true });
    }
  }

  /** The ranges that other engines have. */
  others(isAlive: (instance: string) => boolean): string[] {
    return this.paths().flatMap((path) => {
      const owner = this.ownerOf(path);
      const isTheirs = owner && owner.instance !== this.instance && (owner.ageMs < GRACE_MS || isAlive(owner.instance));
      return isTheirs ? [basename(path).replace("_", "/")] : [];
    });
  }

  /** Gives all of ours back. */
  release(): void {
    for (const path of this.paths()) if (this.ownerOf(path)?.instance === this.instance) rmSync(path, { force: true });
  }

  private pathOf(range: string): string {
    return join(this.folder, range.replace("/", "_"));
  }

  private paths(): string[] {
    try {
      return readdirSync(this.folder).map((name) => join(this.folder, name));
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return [];
      throw cause;
    }
  }

  private ownerOf(path: string): { instance: string; ageMs: number } | undefined {
    try {
      return { instance: readFileSync(path, "utf8"), ageMs: Date.now() - statSync(path).mtimeMs };
    } catch (cause) {
      if (errnoOf(cause) === "ENOENT") return undefined;
      throw cause;
    }
  }
}
