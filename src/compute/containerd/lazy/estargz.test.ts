import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { digestOf } from "../images/manifest.ts";
import type { ImageOrigin } from "../images/origin.ts";
import { contentBytes, EstargzError } from "./estargz.ts";

const entries = [
  { name: "bin/", type: "dir" },
  { name: "bin/sh", type: "reg", size: 1000, offset: 10 },
  { name: "bin/sh", type: "chunk", offset: 20, chunkOffset: 500 },
  { name: "bin/cat", type: "symlink", linkName: "sh" },
  { name: "empty", type: "reg" },
  { name: "etc", type: "reg", size: 24, offset: 30 },
];
const toc = Buffer.from(JSON.stringify({ version: 1, entries }));
/** What of a layer comes before: nobody reads it. */
const files = Buffer.alloc(5000, "x");

function tarOf(content: Buffer, size = content.byteLength): Buffer {
  const header = Buffer.alloc(512);
  header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  return Buffer.concat([header, content, Buffer.alloc(1024)]);
}

function footer(offset: number): Buffer {
  const extra = Buffer.from(`SG\x16\0${offset.toString(16).padStart(16, "0")}STARGZ`, "latin1");
  const head = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, extra.byteLength, 0]);
  return Buffer.concat([head, extra, Buffer.from([1, 0, 0, 255, 255]), Buffer.alloc(8)]);
}

const layerOf = (archive: Buffer, offset = files.byteLength) =>
  Buffer.concat([files, gzipSync(archive), footer(offset)]);

function sizeOf(blob: Buffer, tocDigest = digestOf(toc)): Promise<number> {
  const origin = {
    blob: async function* (_: unknown, __: AbortSignal, offset = 0) {
      expect(offset).toBeGreaterThanOrEqual(files.byteLength);
      for (let at = offset; at < blob.byteLength; at += 100) yield blob.subarray(at, at + 100);
    },
  } as unknown as ImageOrigin;
  const layer = { mediaType: "application/gzip", digest: digestOf(blob), size: blob.byteLength, tocDigest };
  return contentBytes(origin, layer, AbortSignal.timeout(5000));
}

test("the files of a layer are counted from the table at its end", async () => {
  expect(await sizeOf(layerOf(tarOf(toc)))).toBe(1024);
});

test("a table of another digest is none", async () => {
  await expect(sizeOf(layerOf(tarOf(toc)), digestOf(files))).rejects.toThrow(EstargzError);
});

test("a layer without the footer is none", async () => {
  const blob = layerOf(tarOf(toc));
  blob.fill(0, blob.byteLength - 30, blob.byteLength - 20);
  await expect(sizeOf(blob)).rejects.toThrow("the layer has no footer of eStargz");
});

test.each([
  ["behind the layer", 10_000_000],
  ["in the footer", 5000 + gzipSync(tarOf(toc)).byteLength],
])("a table %s is none", async (_, offset) => {
  await expect(sizeOf(layerOf(tarOf(toc), offset))).rejects.toThrow(EstargzError);
});

test("a table that unpacks to more than it may is not read", async () => {
  await expect(sizeOf(layerOf(Buffer.alloc(65 * 1024 * 1024)))).rejects.toThrow(/larger than/);
});

test.each([
  ["of another version", { version: 2, entries: [] }],
  ["with a negative size", { version: 1, entries: [{ type: "reg", size: -1 }] }],
  ["that is no list", { version: 1, entries: {} }],
])("a table %s is refused", async (_, document) => {
  const bytes = Buffer.from(JSON.stringify(document));
  await expect(sizeOf(layerOf(tarOf(bytes)), digestOf(bytes))).rejects.toThrow();
});
