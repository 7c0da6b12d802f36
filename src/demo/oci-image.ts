import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack, type Pack } from "tar-stream";
import { writeFileAtomic } from "../base/files.ts";

/** Something in a layer. Folders above it are made. */
export interface LayerEntry {
  /** Absolute, in the image. */
  path: string;
  /** Its bytes, a file of this machine, or where a symbolic link leads; none of them for a folder. */
  content?: string | Uint8Array;
  file?: string;
  linkTo?: string;
  /** 0644 for files and 0755 for folders unless told. */
  mode?: number;
  uid?: number;
  gid?: number;
}

/** A layer as it lies on disk, compressed. */
export interface Layer {
  path: string;
  digest: string;
  size: number;
  /** Digest of the tar archive inside. */
  diffId: string;
}

/** https://github.com/opencontainers/image-spec/blob/main/config.md: what runs in a container of the image. */
export interface ImageSettings {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  WorkingDir?: string;
  User?: string;
  ExposedPorts?: Record<string, object>;
  StopSignal?: string;
  Labels?: Record<string, string>;
}

/** A document of an image: its configuration or its manifest. */
export interface ImageDocument {
  mediaType: string;
  digest: string;
  bytes: Buffer;
}

/** An image for one platform. Its manifest's digest is the image's. */
export interface OciImage {
  layers: Layer[];
  config: ImageDocument;
  manifest: ImageDocument;
}

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

/**
 * Makes a layer, or finds it in the folder from last time: the same entries, of unchanged files, make the same layer,
 * to the byte.
 */
export async function createLayer(entries: readonly LayerEntry[], cacheFolder: string): Promise<Layer> {
  const key = sha256(JSON.stringify(entries.map(fingerprint)));
  const record = join(cacheFolder, `${key}.json`);
  const path = join(cacheFolder, `${key}.tar.gz`);
  if (existsSync(record) && existsSync(path)) return { ...(JSON.parse(readFileSync(record, "utf8")) as Layer), path };

  mkdirSync(cacheFolder, { recursive: true });
  const archive = pack();
  const diff = new Meter();
  const blob = new Meter();
  const temporary = `${path}.${process.pid}.tmp`;
  await Promise.all([
    addAll(archive, entries),
    // Level 1: the time to build is felt, the size hardly.
    pipeline(archive, diff, createGzip({ level: 1 }), blob, createWriteStream(temporary)),
  ]);
  renameSync(temporary, path);
  const layer: Layer = { path, digest: blob.digest(), size: blob.size, diffId: diff.digest() };
  writeFileAtomic(record, JSON.stringify(layer));
  return layer;
}

/** Puts layers and settings together, for the platform of this machine. */
export function createImage(layers: Layer[], settings: ImageSettings): OciImage {
  const config = document(CONFIG_TYPE, {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: settings,
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
  });
  const manifest = document(MANIFEST_TYPE, {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: config.mediaType, digest: config.digest, size: config.bytes.length },
    layers: layers.map(({ digest, size }) => ({ mediaType: LAYER_TYPE, digest, size })),
  });
  return { layers, config, manifest };
}

function document(mediaType: string, content: unknown): ImageDocument {
  const bytes = Buffer.from(JSON.stringify(content));
  return { mediaType, digest: `sha256:${sha256(bytes)}`, bytes };
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** What a layer's content depends on; files are known by size and time, as make(1) does. */
function fingerprint(entry: LayerEntry): unknown {
  const { content, file, ...rest } = entry;
  if (content !== undefined) return { ...rest, content: sha256(content) };
  if (file === undefined) return rest;
  const { size, mtimeMs } = statSync(file);
  return { ...rest, file, size, mtimeMs };
}

async function addAll(archive: Pack, entries: readonly LayerEntry[]): Promise<void> {
  const made = new Set<string>();
  for (const entry of entries) {
    const name = entry.path.replace(/^\/+|\/+$/g, "");
    const parents = name.split("/").slice(0, -1);
    for (const [index] of parents.entries()) addFolder(archive, made, parents.slice(0, index + 1).join("/"), {});
    if (entry.content === undefined && entry.file === undefined && entry.linkTo === undefined)
      addFolder(archive, made, name, entry);
    else await addFile(archive, name, entry);
  }
  archive.finalize();
}

function addFolder(archive: Pack, made: Set<string>, name: string, entry: Partial<LayerEntry>): void {
  if (made.has(name)) return;
  made.add(name);
  archive.entry({ ...headerOf(`${name}/`, entry, 0o755), type: "directory" });
}

async function addFile(archive: Pack, name: string, entry: LayerEntry): Promise<void> {
  const header = headerOf(name, entry, 0o644);
  if (entry.linkTo !== undefined) archive.entry({ ...header, type: "symlink", linkname: entry.linkTo });
  else if (entry.content !== undefined) archive.entry(header, Buffer.from(entry.content));
  else if (entry.file !== undefined)
    await pipeline(createReadStream(entry.file), archive.entry({ ...header, size: statSync(entry.file).size }));
}

/** No times or names of this machine: an image must not depend on when and where it was made. */
function headerOf(name: string, { mode, uid = 0, gid = 0 }: Partial<LayerEntry>, defaultMode: number) {
  return { name, mode: mode ?? defaultMode, uid, gid, mtime: new Date(0) };
}

/** Passes bytes on, with their digest and number. */
class Meter extends Transform {
  size = 0;
  private readonly hash = createHash("sha256");

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.size += chunk.length;
    this.hash.update(chunk);
    done(null, chunk);
  }

  digest(): string {
    return `sha256:${this.hash.digest("hex")}`;
  }
}
