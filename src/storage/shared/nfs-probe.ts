import { chown, mkdtemp, rmdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { type NfsExport, nfsSource } from "../../base/nfs-export.ts";
import { unmountAll } from "./mounts.ts";
import { mountNfs, NfsError } from "./nfs-mount.ts";

/** Somebody who is not root, to see whether the server takes owners as they are. */
const PROBE_OWNER = 4242;

/** Mounts an export for a moment, and makes sure that it keeps files as EFS does. @throws NfsError */
export async function probeNfs(wanted: NfsExport): Promise<void> {
  const target = await mkdtemp(join(tmpdir(), "neargate-nfs-"));
  try {
    await mountNfs(wanted, target);
    await requireOwners(wanted, target);
  } finally {
    unmountAll(target);
    await rmdir(target);
  }
}

/**
 * The kernel of the server decides whose files are: it must take the owners that it is told.
 * @param target where the export is mounted
 * @throws NfsError
 */
export async function requireOwners(wanted: NfsExport, target: string): Promise<void> {
  const source = nfsSource(wanted);
  let probe: string;
  try {
    probe = await mkdtemp(join(target, ".neargate-probe-"));
  } catch (cause) {
    throw new NfsError(
      `root cannot write to ${source} (${errnoOf(cause)}): export it with "rw,no_root_squash", as a folder of root's`,
      { cause },
    );
  }
  try {
    if ((await stat(probe)).uid !== 0)
      throw new NfsError(`${source} makes root nobody: export it with "no_root_squash"`);
    await chown(probe, PROBE_OWNER, PROBE_OWNER);
    const { uid, gid } = await stat(probe);
    if (uid !== PROBE_OWNER || gid !== PROBE_OWNER)
      throw new NfsError(`${source} changes owners: it must take the numbers of users as they are (sec=sys)`);
  } finally {
    await rmdir(probe);
  }
}
