import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { digestOf, type LayerDescriptor } from "../images/manifest.ts";
import type { ImageOrigin } from "../images/origin.ts";

/** Bytes of the footer, which says where the table of contents is. */
const FOOTER_BYTES = 51;
const FOOTER_TEXT = { from: 16, to: 38 };
const TAR_BLOCK = 512;
/** What the table of an image of a million files takes; the snapshotter reads it into its memory. */
const MAX_TOC_BYTES = 64 * 1024 * 1024;

const Toc = z.object({
  version: z.literal(1),
  entries: z.array(z.object({ type: z.string(), size: z.number().nonnegative().optional() })),
});

/** Something that is called a layer in eStargz form and is none. */
export class EstargzError extends Error {
  override name = "EstargzError";
}

/**
 * How many bytes the files of a layer have together, by its table of contents. Only that is read, from the end of the
 * layer; its digest is that of the manifest, so the snapshotter goes by the same.
 * https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md
 * @throws EstargzError, or what the origin throws
 */
export async function contentBytes(origin: ImageOrigin, layer: LayerDescriptor, signal: AbortSignal): Promise<number> {
  const footer = await readFrom(origin, layer, layer.size - FOOTER_BYTES, signal);
  const text = footer.subarray(FOOTER_TEXT.from, FOOTER_TEXT.to).toString("latin1");
  const offset = /^([0-9a-f]{16})STARGZ$/.exec(text)?.[1];
  const start = offset === undefined ? NaN : parseInt(offset, 16);
  if (!(start < layer.size - FOOTER_BYTES)) throw new EstargzError("the layer has no footer of eStargz");
  if (layer.size - start > MAX_TOC_BYTES) throw new EstargzError("the layer's table of contents is too large");
  const json = unpackToc(await readFrom(origin, layer, start, signal));
  if (digestOf(json) !== layer.tocDigest) throw new EstargzError("the layer's table of contents is another");
  const { entries } = Toc.parse(JSON.parse(json.toString()));
  return entries.reduce((sum, { type, size = 0 }) => sum + (type === "reg" ? size : 0), 0);
}

/** The table is the last file of the archive, in a gzip member of its own before the footer. */
function unpackToc(end: Buffer): Buffer {
  const member = end.subarray(0, end.byteLength - FOOTER_BYTES);
  const tar = gunzipSync(member, { maxOutputLength: MAX_TOC_BYTES });
  const size = parseInt(tar.subarray(124, 136).toString("latin1"), 8);
  return tar.subarray(TAR_BLOCK, TAR_BLOCK + size);
}

async function readFrom(
  origin: ImageOrigin,
  layer: LayerDescriptor,
  offset: number,
  signal: AbortSignal,
): Promise<Buffer> {
  if (offset < 0) throw new EstargzError("the layer is too small");
  const chunks: Uint8Array[] = [];
  for await (const chunk of origin.blob(layer, signal, offset)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
