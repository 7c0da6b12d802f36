import { chmod, chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ContainerSpec, Mount } from "../../backend.ts";
import type { ImageFiles } from "../image-files.ts";

/**
 * What runsc is to mount at /tmp. Where an image has nothing there it would put a file system of its own, in the memory of
 * the task and writable whatever the root file system is; so such a container gets a folder of its writable layer.
 */
export async function tmpMount(
  { mounts, writableLayer, readonlyRootFilesystem }: ContainerSpec,
  { emptyTmp }: ImageFiles,
): Promise<Mount[]> {
  if (!emptyTmp || writableLayer === undefined || mounts.some(({ destination }) => destination === "/tmp")) return [];
  const source = join(writableLayer, "tmp");
  await mkdir(source, { recursive: true });
  await chmod(source, emptyTmp.mode);
  await chown(source, emptyTmp.uid, emptyTmp.gid);
  return [{ source, destination: "/tmp", readOnly: readonlyRootFilesystem }];
}
