import { create } from "@bufbuild/protobuf";
import { chmod, chown, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MountSchema, type Mount } from "../../../generated/containerd/types/mount_pb.ts";
import type { ContainerSpec } from "../backend.ts";
import { snapshotterOf, unlessExists, type ContainerdClient } from "./client.ts";
import { layerFolders, upperFolder } from "./image-views.ts";

/**
 * Prepares a container's file system; may be repeated. The snapshot, named like the container, keeps the image's layers
 * from collection.
 * @param chainId of the image's layers; empty when it has none
 * @returns what the runtime is to mount
 */
export async function prepareRootfs(
  client: ContainerdClient,
  { id, writableLayer, userNamespace }: Pick<ContainerSpec, "id" | "writableLayer" | "userNamespace">,
  chainId: string,
): Promise<Mount[]> {
  const key = { snapshotter: snapshotterOf(chainId), key: id };
  const firstId = userNamespace?.firstId ?? 0;
  if (writableLayer === undefined) {
    const prepared = await unlessExists(client.snapshots.prepare({ ...key, parent: chainId }));
    const { mounts } = prepared ?? (await client.snapshots.mounts(key));
    if (userNamespace) await giveTo(upperFolder(mounts[0]!), firstId);
    return mounts;
  }
  if (chainId === "") {
    const [upper] = await makeLayer(writableLayer, undefined, firstId);
    return [create(MountSchema, { type: "bind", source: upper, options: ["rbind", "rw"] })];
  }
  const viewed = await unlessExists(client.snapshots.view({ ...key, parent: chainId }));
  const { mounts } = viewed ?? (await client.snapshots.mounts(key));
  const layers = layerFolders(mounts[0]!);
  const [upper, work] = await makeLayer(writableLayer, layers[0]!, firstId);
  const options = [`workdir=${work}`, `upperdir=${upper}`, `lowerdir=${layers.join(":")}`];
  return [create(MountSchema, { type: "overlay", source: "overlay", options })];
}

/**
 * The folders of an overlay's writable layer; its root is owned as that of the layer below.
 * @param firstId what users of the layer below are counted from
 */
async function makeLayer(
  folder: string,
  below: string | undefined,
  firstId: number,
): Promise<[upper: string, work: string]> {
  const upper = join(folder, "upper");
  const work = join(folder, "work");
  for (const path of [upper, work]) await mkdir(path, { recursive: true });
  await chmod(upper, 0o755);
  const { uid, gid } = below === undefined ? { uid: 0, gid: 0 } : await stat(below);
  await chown(upper, firstId + uid, firstId + gid);
  return [upper, work];
}

/** Makes a folder the property of the namespace's user that has the number of its owner on the disk. */
async function giveTo(folder: string, firstId: number): Promise<void> {
  const { uid, gid } = await stat(folder);
  if (uid < firstId) await chown(folder, firstId + uid, firstId + gid);
}
