import { create } from "@bufbuild/protobuf";
import { chmod, chown, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MountSchema, type Mount } from "../../../generated/containerd/types/mount_pb.ts";
import type { ContainerSpec } from "../backend.ts";
import { SNAPSHOTTER, unlessExists, type ContainerdClient } from "./client.ts";
import { layerFolders } from "./image-views.ts";

/**
 * Prepares a container's file system; may be repeated. The snapshot, named like the container, keeps the image's layers
 * from collection.
 * @param chainId of the image's layers; empty when it has none
 * @returns what the runtime is to mount
 */
export async function prepareRootfs(
  client: ContainerdClient,
  { id, writableLayer }: Pick<ContainerSpec, "id" | "writableLayer">,
  chainId: string,
): Promise<Mount[]> {
  const key = { snapshotter: SNAPSHOTTER, key: id };
  if (writableLayer === undefined) {
    const prepared = await unlessExists(client.snapshots.prepare({ ...key, parent: chainId }));
    return (prepared ?? (await client.snapshots.mounts(key))).mounts;
  }
  if (chainId === "") {
    const [upper] = await makeLayer(writableLayer, undefined);
    return [create(MountSchema, { type: "bind", source: upper, options: ["rbind", "rw"] })];
  }
  const viewed = await unlessExists(client.snapshots.view({ ...key, parent: chainId }));
  const { mounts } = viewed ?? (await client.snapshots.mounts(key));
  const layers = layerFolders(mounts[0]!);
  const [upper, work] = await makeLayer(writableLayer, layers[0]!);
  const options = [`workdir=${work}`, `upperdir=${upper}`, `lowerdir=${layers.join(":")}`];
  return [create(MountSchema, { type: "overlay", source: "overlay", options })];
}

/** The folders of an overlay's writable layer; its root is owned as that of the layer below. */
async function makeLayer(folder: string, below: string | undefined): Promise<[upper: string, work: string]> {
  const upper = join(folder, "upper");
  const work = join(folder, "work");
  for (const path of [upper, work]) await mkdir(path, { recursive: true });
  await chmod(upper, 0o755);
  if (below !== undefined) {
    const { uid, gid } = await stat(below);
    await chown(upper, uid, gid);
  }
  return [upper, work];
}
