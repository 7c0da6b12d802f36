import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

export interface TestImage {
  layer: Buffer;
  config: Buffer;
  manifest: Buffer;
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** An image of one layer that holds BusyBox and a file `note`. */
export async function makeImage(note: string): Promise<TestImage> {
  const tar = await busyboxTar(note);
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Entrypoint: ["/bin/busybox"] },
      rootfs: { type: "layers", diff_ids: [sha256(tar)] },
    }),
  );
  return { layer, config, manifest: manifestOf(config, [layer]) };
}

export async function busyboxTar(note: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: "bin/", type: "directory", mode: 0o755 });
  tar.entry({ name: "bin/busybox", mode: 0o755 }, await readFile("/bin/busybox"));
  tar.entry({ name: "note" }, note);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function manifestOf(config: Buffer, layers: Buffer[], more: object = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: CONFIG, digest: sha256(config), size: config.length },
      layers: layers.map((layer) => ({ mediaType: LAYER, digest: sha256(layer), size: layer.length })),
      ...more,
    }),
  );
}

export function indexOf(manifests: Buffer[]): Buffer {
  const entries = manifests.map((manifest) => ({
    mediaType: MANIFEST,
    digest: sha256(manifest),
    size: manifest.length,
    platform: { os: "linux", architecture: "amd64" },
  }));
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: entries }));
}

/** Writes an OCI image layout, whose image is tagged `v1`. */
export async function writeLayout(folder: string, image: TestImage): Promise<void> {
  const blobs = join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  for (const bytes of [image.layer, image.config, image.manifest])
    await writeFile(join(blobs, sha256(bytes).slice("sha256:".length)), bytes);
  const entry = {
    mediaType: MANIFEST,
    digest: sha256(image.manifest),
    size: image.manifest.length,
    annotations: { "org.opencontainers.image.ref.name": "v1" },
  };
  await writeFile(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
}
