import { gunzipSync, gzipSync } from "node:zlib";
import { digestOf, hostArchitecture, MANIFEST_TYPE, type LayerFiles, type TestImage } from "./compute-images.ts";

/** What an image's manifest says of a layer in eStargz form. */
const TOC_DIGEST = "containerd.io/snapshot/stargz/toc.digest";

/** A layer as a blob. Without a table of contents of its own digest it is any layer. */
export interface Layer {
  blob: Buffer;
  diffId: string;
  tocDigest?: string;
}

/** An image of such layers. */
export function imageOf(layers: Layer[]): TestImage {
  const blobs = new Map<string, Buffer>();
  const add = (bytes: Buffer, mediaType: string) => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.byteLength };
  };
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  const config = { architecture: hostArchitecture(), os: "linux", config: { Cmd: ["/bin/true"] }, rootfs };
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: add(Buffer.from(JSON.stringify(config)), "application/vnd.oci.image.config.v1+json"),
    layers: layers.map(({ blob, tocDigest }) => ({
      ...add(blob, "application/vnd.oci.image.layer.v1.tar+gzip"),
      ...(tocDigest ? { annotations: { [TOC_DIGEST]: tocDigest } } : {}),
    })),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { blobs, manifest: { digest: digestOf(bytes), mediaType: MANIFEST_TYPE, bytes } };
}

/**
 * A layer in eStargz form: gzip members for the headers and contents of files, the table of contents, and a footer that
 * says where that is. Files may be text or bytes, `link:TARGET`, or folders when the name ends in a slash.
 * https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md
 */
export function estargzLayer(files: LayerFiles): Required<Layer> {
  const members: Buffer[] = [];
  const entries: object[] = [];
  let offset = 0;
  const add = (bytes: Buffer) => {
    const member = gzipSync(bytes);
    members.push(member);
    offset += member.byteLength;
  };
  // Where the snapshotter is to stop prefetching: at once.
  for (const [name, content] of Object.entries({ ".no.prefetch.landmark": "\x0f", ...files })) {
    const common = { name, mode: 0o755, modtime: "2026-01-01T00:00:00Z", uid: 0, gid: 0 };
    const linkName = typeof content === "string" && content.startsWith("link:") ? content.slice("link:".length) : "";
    if (name.endsWith("/") || linkName) {
      entries.push({ ...common, type: linkName ? "symlink" : "dir", linkName });
      add(header(name, 0, linkName ? "2" : "5", linkName));
      continue;
    }
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    add(header(name, bytes.byteLength, "0"));
    entries.push({ ...common, type: "reg", size: bytes.byteLength, offset, digest, chunkDigest: digest });
    add(padded(bytes));
  }
  const toc = Buffer.from(JSON.stringify({ version: 1, entries }));
  const tocOffset = offset;
  const endOfArchive = Buffer.alloc(1024);
  add(Buffer.concat([header("stargz.index.json", toc.byteLength, "0"), padded(toc), endOfArchive]));
  const blob = Buffer.concat([...members, footer(tocOffset)]);
  return { blob, diffId: digestOf(gunzipSync(blob)), tocDigest: digestOf(toc) };
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.byteLength % 512)) % 512)]);
}

/** The header of a file in a tar archive. */
function header(name: string, size: number, type: string, link = ""): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  block.write(name);
  block.write([octal(0o755, 7), octal(0, 7), octal(0, 7), octal(size, 11), octal(1_767_225_600, 11)].join(""), 100);
  block.write("        ", 148);
  block.write(type + link, 156);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)} `, 148);
  return block;
}

/** 51 bytes: an empty gzip member whose extra field has the offset of the table of contents. */
function footer(tocOffset: number): Buffer {
  const text = `${tocOffset.toString(16).padStart(16, "0")}STARGZ`;
  const extra = Buffer.from(`SG\x16\0${text}`, "latin1");
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, extra.byteLength, 0]);
  return Buffer.concat([head, extra, Buffer.from([1, 0, 0, 255, 255]), Buffer.alloc(8)]);
}
