import { expect, test } from "vitest";
import { parseManifest } from "./manifest.ts";

const OCI = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
const FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: digest("a"), size: 7 };
const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: digest("b"), size: 70 };
const image = { schemaVersion: 2, mediaType: OCI, config, layers: [layer] };
const child = { mediaType: OCI, digest: digest("c"), size: 700, platform: { os: "linux", architecture: "amd64" } };
const index = { schemaVersion: 2, mediaType: INDEX, manifests: [child] };
const read = (value: unknown, type?: string) => parseManifest(JSON.stringify(value), type);

test("an image needs its configuration and layers", () => {
  const manifest = read(image);
  expect(manifest.blobs.map((blob) => blob.digest)).toEqual([config.digest, layer.digest]);
  expect(manifest).toMatchObject({ mediaType: OCI, configMediaType: config.mediaType, children: [] });
});

test("an index needs its images", () => {
  expect(read(index)).toMatchObject({ mediaType: INDEX, blobs: [], children: [{ digest: child.digest }] });
});

test("the declared type is taken when the manifest says none", () => {
  const { mediaType: _, ...untyped } = image;
  expect(read(untyped, DOCKER).mediaType).toBe(DOCKER);
});

test("foreign layers are not carried", () => {
  const manifest = read({ ...image, layers: [layer, { ...layer, mediaType: FOREIGN, digest: digest("d") }] });
  expect(manifest.blobs.map((blob) => blob.digest)).toEqual([config.digest, layer.digest]);
});

test("a referrer has a subject and a type", () => {
  const subject = { mediaType: OCI, digest: digest("e"), size: 3 };
  const manifest = read({ ...image, artifactType: "application/x.sbom", subject, annotations: { a: "b" } });
  expect(manifest).toMatchObject({ artifactType: "application/x.sbom", subject, annotations: { a: "b" } });
});

test.each([
  ["no JSON", "{", OCI, "Invalid JSON syntax"],
  ["a list", [], OCI, "Invalid JSON syntax"],
  ["no type anywhere", { schemaVersion: 2, config, layers: [] }, undefined, "no media type"],
  ["two types", image, DOCKER, "is not the declared one"],
  ["a strange type", { ...image, mediaType: "text/plain" }, undefined, "text/plain is not supported"],
  ["schema 1", { ...image, schemaVersion: 1 }, OCI, "schemaVersion must be 2"],
  ["layers and manifests", { ...image, manifests: [child] }, OCI, "both layers and manifests"],
  ["manifests and a configuration", { ...index, config }, INDEX, "both layers and manifests"],
  ["an image without layers", { schemaVersion: 2, mediaType: OCI, config }, OCI, "missing"],
  ["an image without configuration", { schemaVersion: 2, mediaType: OCI, layers: [] }, OCI, "Invalid JSON syntax"],
  ["an index without manifests", { schemaVersion: 2, mediaType: INDEX }, INDEX, "missing"],
  ["another digest", { ...image, config: { ...config, digest: "sha512:ab" } }, OCI, "no sha256 digest"],
  ["a path for a digest", { ...image, config: { ...config, digest: "sha256:../../x" } }, OCI, "no sha256 digest"],
  ["no size", { ...image, layers: [{ ...layer, size: -1 }] }, OCI, "no size"],
  ["a bad subject", { ...image, subject: "x" }, OCI, "Invalid JSON syntax"],
  ["a bad annotation", { ...image, annotations: { a: 1 } }, OCI, "annotation"],
])("%s is refused", (_, value, type, message) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  expect(() => parseManifest(text, type)).toThrow(message);
});
