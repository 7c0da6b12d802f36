import { randomUUID } from "node:crypto";
import { unlessExists, unlessNotFound, type ContainerdClient } from "../client.ts";
import { LEASE_HEADER } from "../images/content-store.ts";
import { TOC_DIGEST } from "../images/manifest.ts";
import type { LayerTarget } from "../images/unpack.ts";

/** The snapshot that is wanted: the snapshotter makes it itself, or leaves it to be unpacked. */
const WANTED = "containerd.io/snapshot.ref";
const REMOTE = "containerd.io/snapshot/remote/stargz";
/** containerd takes 4096 bytes for a label's name and value together. */
const MAX_LAYERS_TOLD = 50;

/** Where the snapshotter finds a layer. */
export interface LayerSource {
  /** The image, as the snapshotter asks the registry for it. */
  reference: string;
  /** Digests of this layer and of those above, which it may look at already. */
  layers: readonly string[];
}

/**
 * Has the snapshotter mount a layer from its registry. Contents are checked as they are read, against the table of
 * contents whose digest the image's manifest has.
 * https://github.com/containerd/containerd/blob/main/docs/remote-snapshotter.md
 * @returns whether it did; it does not when the layer is not what it says, or the registry does not answer ranges
 */
export async function mountLayer(
  client: ContainerdClient,
  { layer, chainId, parent }: Omit<LayerTarget, "diffId">,
  { reference, layers }: LayerSource,
  lease: string,
  signal: AbortSignal,
): Promise<boolean> {
  const active = { snapshotter: "stargz", key: `mount-${randomUUID()}` };
  const labels = {
    [WANTED]: chainId,
    [TOC_DIGEST]: layer.tocDigest!,
    [`${REMOTE}.reference`]: reference,
    [`${REMOTE}.digest`]: layer.digest,
    [`${REMOTE}.layers`]: layers.slice(0, MAX_LAYERS_TOLD).join(","),
  };
  const headers = { [LEASE_HEADER]: lease };
  const request = { ...active, parent: parent ?? "", labels };
  const prepared = await unlessExists(client.snapshots.prepare(request, { headers, signal }));
  if (!prepared) return true;
  await unlessNotFound(client.snapshots.remove(active));
  return false;
}
