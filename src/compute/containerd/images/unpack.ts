import { randomUUID } from "node:crypto";
import { isAlreadyExists, SNAPSHOTTER, unlessExists, unlessNotFound, type ContainerdClient } from "../client.ts";
import { LEASE_HEADER } from "./content-store.ts";
import type { Descriptor } from "./manifest.ts";

/** One layer on its way to a snapshot. */
export interface LayerTarget {
  /** The compressed layer, in the content store. */
  layer: Descriptor;
  /** Digest of the layer uncompressed. */
  diffId: string;
  chainId: string;
  /** The chain id of the layers below; `undefined` for the lowest. */
  parent: string | undefined;
}

/** Whether layers are unpacked already. */
export async function hasSnapshot(client: ContainerdClient, chainId: string): Promise<boolean> {
  return (await unlessNotFound(client.snapshots.stat({ snapshotter: SNAPSHOTTER, key: chainId }))) !== undefined;
}

/**
 * Unpacks a layer over those below, into a snapshot named by its chain id.
 * @throws ConnectError of containerd, or an Error when the layer is not what the image's configuration says.
 */
export async function unpackLayer(
  client: ContainerdClient,
  { layer, diffId, chainId, parent }: LayerTarget,
  lease: string,
  signal: AbortSignal,
): Promise<void> {
  const key = `extract-${randomUUID()} ${chainId}`;
  const options = { headers: { [LEASE_HEADER]: lease }, signal };
  const active = { snapshotter: SNAPSHOTTER, key };
  const prepared = await unlessExists(client.snapshots.prepare({ ...active, parent: parent ?? "" }, options));
  if (!prepared) return;
  try {
    const { applied } = await client.diff.apply(
      { diff: { ...layer, size: BigInt(layer.size) }, mounts: prepared.mounts },
      options,
    );
    if (applied?.digest !== diffId)
      throw new Error(`wrong diff id calculated on extraction "${applied?.digest}", expected "${diffId}"`);
    await client.snapshots.commit({ ...active, name: chainId }, options);
  } catch (cause) {
    await unlessNotFound(client.snapshots.remove(active)).catch(() => {}); // else it goes with the lease
    if (!isAlreadyExists(cause)) throw cause;
  }
}
