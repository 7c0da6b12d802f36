import { randomUUID } from "node:crypto";
import { isAlreadyExists, snapshotterOf, unlessExists, unlessNotFound, type ContainerdClient } from "../client.ts";
import { upperFolder } from "../image-views.ts";
import { LEASE_HEADER } from "./content-store.ts";
import type { LayerDescriptor } from "./manifest.ts";
import { guardUnpack } from "./unpack-guard.ts";

/** One layer on its way to a snapshot. */
export interface LayerTarget {
  /** The compressed layer; in the content store when it is to be unpacked. */
  layer: LayerDescriptor;
  /** Digest of the layer uncompressed. */
  diffId: string;
  chainId: string;
  /** The chain id of the layers below; `undefined` for the lowest. */
  parent: string | undefined;
}

/** Bytes that an unpacked layer takes, or a layer takes so far while it is being unpacked. */
export async function snapshotBytes(client: ContainerdClient, key: string): Promise<number> {
  const { size } = await client.snapshots.usage({ snapshotter: snapshotterOf(key), key });
  return Number(size);
}

/** Whether layers are unpacked already. */
export async function hasSnapshot(client: ContainerdClient, chainId: string): Promise<boolean> {
  return (
    (await unlessNotFound(client.snapshots.stat({ snapshotter: snapshotterOf(chainId), key: chainId }))) !== undefined
  );
}

/**
 * Unpacks a layer over those below, into a snapshot named by its chain id.
 * @throws ConnectError of containerd, NoSpaceError, or an Error when the layer is not what the configuration says.
 */
export async function unpackLayer(
  client: ContainerdClient,
  { layer, diffId, chainId, parent }: LayerTarget,
  { lease, maxBytes }: { lease: string; maxBytes: number },
  signal: AbortSignal,
): Promise<void> {
  const key = `extract-${randomUUID()} ${chainId}`;
  const headers = { [LEASE_HEADER]: lease };
  const active = { snapshotter: snapshotterOf(chainId), key };
  const prepared = await unlessExists(
    client.snapshots.prepare({ ...active, parent: parent ?? "" }, { headers, signal }),
  );
  if (!prepared) return;
  try {
    const measure = () => snapshotBytes(client, key);
    const folder = upperFolder(prepared.mounts[0]!);
    const { applied } = await guardUnpack({ diffId, folder, maxBytes, measure }, signal, (limited) =>
      client.diff.apply(
        { diff: { ...layer, size: BigInt(layer.size) }, mounts: prepared.mounts },
        { headers, signal: limited },
      ),
    );
    if (applied?.digest !== diffId)
      throw new Error(`wrong diff id calculated on extraction "${applied?.digest}", expected "${diffId}"`);
    await client.snapshots.commit({ ...active, name: chainId }, { headers, signal });
  } catch (cause) {
    await unlessNotFound(client.snapshots.remove(active)).catch(() => {}); // else it goes with the lease
    if (!isAlreadyExists(cause)) throw cause;
  }
}
