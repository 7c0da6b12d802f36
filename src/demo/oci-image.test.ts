import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createImage, createLayer, type LayerEntry } from "./oci-image.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-image-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

async function unpack(archive: Uint8Array): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    const { name, type, mode, uid, linkname } = entry.header;
    const content = (await buffer(entry)).toString();
    found.push([name, type, mode?.toString(8), uid, linkname ?? content].join(" ").trimEnd());
  }
  return found;
}

test("a layer holds its entries below the folders that lead to them", async () => {
  writeFileSync(join(folder, "program"), "bytes");
  const entries: LayerEntry[] = [
    { path: "/usr/bin/program", file: join(folder, "program"), mode: 0o755 },
    { path: "/usr/bin/alias", linkTo: "program" },
    { path: "/etc/passwd", content: "root" },
    { path: "/tmp", mode: 0o1777 },
    { path: "/home/ada", uid: 1000 },
  ];
  const layer = await createLayer(entries, join(folder, "cache"));
  const blob = readFileSync(layer.path);
  const archive = gunzipSync(blob);
  expect(layer).toMatchObject({ digest: digestOf(blob), size: blob.length, diffId: digestOf(archive) });
  expect(await unpack(archive)).toEqual([
    "usr/ directory 755 0",
    "usr/bin/ directory 755 0",
    "usr/bin/program file 755 0 bytes",
    "usr/bin/alias symlink 644 0 program",
    "etc/ directory 755 0",
    "etc/passwd file 644 0 root",
    "tmp/ directory 1777 0",
    "home/ directory 755 0",
    "home/ada/ directory 755 1000",
  ]);
});

test("a layer is made once, and again when a file has changed", async () => {
  const file = join(folder, "program");
  writeFileSync(file, "one");
  const cache = join(folder, "cache");
  const make = () => createLayer([{ path: "/program", file }], cache);
  const first = await make();
  chmodSync(file, 0o600); // changes neither size nor time
  expect(await make()).toEqual(first);
  writeFileSync(file, "two");
  utimesSync(file, 1, 1);
  expect((await make()).digest).not.toBe(first.digest);
  const elsewhere = await createLayer([{ path: "/program", content: "one" }], cache);
  expect(elsewhere.digest).toBe(first.digest);
});

test("an image names its layers by digest and, uncompressed, by diff id", async () => {
  const layer = await createLayer([{ path: "/a", content: "a" }], folder);
  const { config, manifest } = createImage([layer], { Cmd: ["/a"] });
  expect(manifest.digest).toBe(digestOf(manifest.bytes));
  const described = JSON.parse(manifest.bytes.toString()) as Record<string, unknown>;
  expect(described["config"]).toMatchObject({ digest: config.digest, size: config.bytes.length });
  expect(described["layers"]).toEqual([
    { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: layer.digest, size: layer.size },
  ]);
  expect(JSON.parse(config.bytes.toString())).toMatchObject({
    os: "linux",
    config: { Cmd: ["/a"] },
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
  });
});
