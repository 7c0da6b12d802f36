import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { pack } from "tar-stream";
import type { ImageSource, ResolvedManifest } from "../../src/registry/image-source.ts";

/**
 * A file in a layer: text, `link:TARGET`, `hardlink:TARGET`, `disk:MAJOR:MINOR`, `set-user-id:OWNER`, or a folder when the
 * name ends in a slash.
 */
export type LayerFiles = Record<string, string | Buffer>;

export interface TestImageConfig {
  Env?: string[];
  Entrypoint?: string[];
  Cmd?: string[];
  WorkingDir?: string;
  User?: string;
  StopSignal?: string;
  Labels?: Record<string, string>;
}

/** An image as blobs, ready to be served. */
export interface TestImage {
  manifest: ResolvedManifest;
  blobs: Map<string, Buffer>;
}

export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
export const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A layer with busybox and a link for each program that tests use. */
export function busyboxLayer(): LayerFiles {
  const programs = [
    "sh",
    "sleep",
    "cat",
    "id",
    "echo",
    "env",
    "ls",
    "wc",
    "nc",
    "httpd",
    "wget",
    "dd",
    "touch",
    "ip",
    "hostname",
    "sysctl",
    "head",
    "yes",
    "true",
    "ps",
    "grep",
    "mount",
    "tail",
  ];
  return {
    "bin/": "",
    "etc/": "",
    "tmp/": "",
    "bin/busybox": readFileSync("/bin/busybox"),
    ...Object.fromEntries(programs.map((name) => [`bin/${name}`, "link:busybox"])),
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nweb:x:1001:1002::/home/web:/bin/sh\n",
    "etc/group": "root:x:0:root\nweb:x:1002:\nextra:x:2000:web\n",
  };
}

async function tarOf(files: LayerFiles): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith("/")) archive.entry({ name, type: "directory", mode: name === "tmp/" ? 0o1777 : 0o755 });
    else if (typeof content === "string" && content.startsWith("link:"))
      archive.entry({ name, type: "symlink", linkname: content.slice("link:".length) });
    else if (typeof content === "string" && content.startsWith("hardlink:"))
      archive.entry({ name, type: "link", linkname: content.slice("hardlink:".length) });
    else if (typeof content === "string" && content.startsWith("disk:")) {
      const [devmajor, devminor] = content.split(":").slice(1).map(Number);
      archive.entry({ name, type: "block-device", mode: 0o666, devmajor, devminor });
    } else if (typeof content === "string" && content.startsWith("set-user-id:")) {
      const owner = content.slice("set-user-id:".length);
      archive.entry({ name, mode: 0o4755, pax: { uid: owner, gid: owner } }, "");
    } else archive.entry({ name, mode: 0o755 }, content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Builds an image from layers, for this machine's platform and with gzip unless told. */
export async function buildImage(
  layers: LayerFiles[],
  config: TestImageConfig,
  { architecture = hostArchitecture(), compression = "gzip" as "gzip" | "zstd" } = {},
): Promise<TestImage> {
  const compress = compression === "gzip" ? gzipSync : zstdCompressSync;
  const blobs = new Map<string, Buffer>();
  const add = (bytes: Buffer, mediaType: string) => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.byteLength };
  };
  const tars = await Promise.all(layers.map(tarOf));
  const document = { architecture, os: "linux", config, rootfs: { type: "layers", diff_ids: tars.map(digestOf) } };
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: add(Buffer.from(JSON.stringify(document)), "application/vnd.oci.image.config.v1+json"),
    layers: tars.map((tar) => add(compress(tar), `application/vnd.oci.image.layer.v1.tar+${compression}`)),
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return { blobs, manifest: { digest: digestOf(bytes), mediaType: MANIFEST_TYPE, bytes } };
}

export function hostArchitecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}

/** Images in a folder, served as the embedded registry serves its own. */
export class TestImageSource implements ImageSource {
  readonly images = new Map<string, TestImage>();
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  add(repository: string, tag: string, image: TestImage): void {
    this.images.set(`${repository}:${tag}`, image);
    this.images.set(`${repository}:${image.manifest.digest}`, image);
    for (const [digest, bytes] of image.blobs) writeFileSync(this.path(digest), bytes);
  }

  resolve(_scope: unknown, repository: string, tagOrDigest: string): Promise<ResolvedManifest | undefined> {
    return Promise.resolve(this.images.get(`${repository}:${tagOrDigest}`)?.manifest);
  }

  blob(digest: string): Promise<{ path: string; size: number } | undefined> {
    for (const image of this.images.values()) {
      const size = image.blobs.get(digest)?.byteLength;
      if (size !== undefined) return Promise.resolve({ path: this.path(digest), size });
    }
    return Promise.resolve(undefined);
  }

  private path(digest: string): string {
    return join(this.folder, digest.replace(":", "-"));
  }
}
