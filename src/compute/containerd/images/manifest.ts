import { createHash } from "node:crypto";
import type { ImageConfig } from "../../backend.ts";

/** A reference to content by its digest, as in manifests. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
}

/** A layer of an image. */
export interface LayerDescriptor extends Descriptor {
  /** Digest of its table of contents, when it is in eStargz form. */
  tocDigest?: string;
}

/** The manifest of an image for one platform. */
export interface ImageManifest {
  kind: "manifest";
  config: Descriptor;
  layers: LayerDescriptor[];
}

/** A list of manifests for several platforms: OCI's index, Docker's manifest list. */
export interface ImageIndex {
  kind: "index";
  manifests: (Descriptor & { platform?: Platform })[];
}

export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

/** An image's configuration, with what unpacking needs. */
export interface ParsedConfig {
  image: ImageConfig;
  /** Digests of the uncompressed layers. */
  diffIds: string[];
  platform: Platform | undefined;
}

/** Content that is not what it must be. */
export class ManifestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ManifestError";
  }
}

const INDEX_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const MANIFEST_TYPES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** The annotation of a layer in eStargz form, and the label that its snapshot gets. */
export const TOC_DIGEST = "containerd.io/snapshot/stargz/toc.digest";

/** For the Accept header. */
export const ACCEPTED_MANIFESTS = [...MANIFEST_TYPES, ...INDEX_TYPES].join(", ");

/** Nobody's manifest is larger; registries refuse it too. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
export const MAX_CONFIG_BYTES = 8 * 1024 * 1024;

/** `sha256:…` of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/**
 * Reads a manifest or an index. What could be read as either is refused, as containerd does: two readers must not see
 * two images (CVE-2021-41190).
 * @throws ManifestError
 */
export function parseManifest(bytes: Uint8Array, mediaType: string): ImageManifest | ImageIndex {
  const document = parseObject(bytes);
  const declared = document["mediaType"];
  if (declared !== undefined && declared !== mediaType)
    throw new ManifestError(
      `media type "${mediaType}" of the manifest contradicts its mediaType field "${String(declared)}"`,
    );
  if ("manifests" in document && ("layers" in document || "config" in document))
    throw new ManifestError("ambiguous manifest: it has both manifests and layers");
  if ("fsLayers" in document) throw new ManifestError("schema 1 manifests are not supported");
  if (INDEX_TYPES.includes(mediaType))
    return {
      kind: "index",
      manifests: list(document["manifests"]).map((entry) => ({ ...descriptor(entry), platform: platform(entry) })),
    };
  if (MANIFEST_TYPES.includes(mediaType))
    return {
      kind: "manifest",
      config: descriptor(document["config"]),
      layers: list(document["layers"]).map(layerDescriptor),
    };
  throw new ManifestError(`unsupported manifest media type "${mediaType}"`);
}

/** The manifest for a platform; `undefined` when the index has none. */
export function selectPlatform(index: ImageIndex, wanted: Platform): Descriptor | undefined {
  return index.manifests.find((entry) => matchesPlatform(entry.platform, wanted));
}

/** Whether an image of one platform runs on another. Nothing said is taken for a match, as containerd does. */
export function matchesPlatform(offered: Platform | undefined, wanted: Platform): boolean {
  if (!offered) return true;
  return (
    offered.os === wanted.os &&
    offered.architecture === wanted.architecture &&
    (wanted.architecture !== "arm64" || offered.variant === undefined || offered.variant === "v8")
  );
}

/** The platform of this machine, in the words of OCI. */
export function hostPlatform(): Platform {
  return { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };
}

/**
 * Reads an image configuration. Labels that containerd would act on are left out: they come from whoever made the image.
 * @throws ManifestError
 */
export function parseConfig(bytes: Uint8Array): ParsedConfig {
  const document = parseObject(bytes);
  const config = object(document["config"] ?? {});
  const rootfs = object(document["rootfs"] ?? {});
  const diffIds = strings(rootfs["diff_ids"]);
  for (const diffId of diffIds) checkDigest(diffId);
  const { os, architecture } = document;
  return {
    diffIds,
    platform:
      typeof os === "string" && os && typeof architecture === "string" && architecture
        ? { os, architecture }
        : undefined,
    image: {
      env: strings(config["Env"]),
      entrypoint: strings(config["Entrypoint"]),
      command: strings(config["Cmd"]),
      workingDirectory: text(config["WorkingDir"]),
      user: text(config["User"]),
      stopSignal: text(config["StopSignal"]) || undefined,
      labels: Object.fromEntries(
        Object.entries(object(config["Labels"] ?? {}))
          .filter(([name]) => !name.startsWith("containerd.io/"))
          .map(([name, value]) => [name, String(value)]),
      ),
      volumes: Object.keys(object(config["Volumes"] ?? {})),
    },
  };
}

/**
 * The names under which the layers of an image are unpacked, lowest first: each stands for a layer on those below.
 * https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
 */
export function chainIds(diffIds: string[]): string[] {
  const chain: string[] = [];
  for (const diffId of diffIds) {
    const parent = chain.at(-1);
    chain.push(parent === undefined ? diffId : digestOf(Buffer.from(`${parent} ${diffId}`)));
  }
  return chain;
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    return object(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw cause instanceof ManifestError ? cause : new ManifestError("not valid JSON");
  }
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ManifestError("an object is expected");
  return value as Record<string, unknown>;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new ManifestError("a list is expected");
  return value;
}

function strings(value: unknown): string[] {
  return list(value ?? []).map((entry) => {
    if (typeof entry !== "string") throw new ManifestError("a list of strings is expected");
    return entry;
  });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function descriptor(value: unknown): Descriptor {
  const { mediaType, digest, size } = object(value);
  if (
    typeof mediaType !== "string" ||
    typeof digest !== "string" ||
    !Number.isSafeInteger(size) ||
    (size as number) < 0
  )
    throw new ManifestError("a descriptor lacks its mediaType, digest or size");
  checkDigest(digest);
  return { mediaType, digest, size: size as number };
}

/** https://github.com/containerd/stargz-snapshotter/blob/main/docs/estargz.md#toc-digest */
function layerDescriptor(value: unknown): LayerDescriptor {
  const tocDigest = object(object(value)["annotations"] ?? {})[TOC_DIGEST];
  const isDigest = typeof tocDigest === "string" && DIGEST.test(tocDigest);
  return { ...descriptor(value), ...(isDigest ? { tocDigest } : {}) };
}

function platform(value: unknown): Platform | undefined {
  const entry = object(value)["platform"];
  if (entry === undefined) return undefined;
  const { os, architecture, variant } = object(entry);
  return { os: text(os), architecture: text(architecture), variant: text(variant) || undefined };
}

function checkDigest(digest: string): void {
  if (!DIGEST.test(digest)) throw new ManifestError(`unsupported digest "${digest}"`);
}
