import { invalidParameter } from "./errors.ts";
import { isDigest } from "./digest.ts";

/** The largest manifest that is taken, in bytes: ECR's limit and the OCI specification's. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

const IMAGE_TYPES: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
]);
const INDEX_TYPES: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
]);
/** Layers that registries do not carry: clients fetch them from the URLs in the manifest. */
const FOREIGN_LAYER =
  /^application\/vnd\.(?:docker\.image\.rootfs\.foreign\.diff\.tar|oci\.image\.layer\.nondistributable\.v1\.tar)/;

/** What a manifest points to. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
}

/** A manifest that was found to be well formed. */
export interface Manifest {
  mediaType: string;
  artifactType: string | undefined;
  annotations: Record<string, string> | undefined;
  /** The configuration and the layers that must be in the repository. */
  blobs: Descriptor[];
  /** Media type of the configuration; an index has none. */
  configMediaType: string | undefined;
  /** The images of an index. */
  children: Descriptor[];
  subject: Descriptor | undefined;
}

/**
 * Reads a manifest or an index, of Docker or OCI.
 * https://github.com/opencontainers/image-spec/blob/main/manifest.md
 * @param declaredType the media type told beside it; needed when the manifest does not say
 * @throws AwsError `InvalidParameterException` when it is malformed, ambiguous or of another type
 */
export function parseManifest(text: string, declaredType: string | undefined): Manifest {
  const manifest = asObject(parseJson(text));
  const mediaType = mediaTypeOf(manifest, declaredType);
  if (manifest["schemaVersion"] !== 2) throw malformed("schemaVersion must be 2");
  // Either kind of reader would see another content: CVE-2021-41190.
  if ("manifests" in manifest && ("layers" in manifest || "config" in manifest || "fsLayers" in manifest))
    throw malformed("A manifest must not have both layers and manifests");
  const shared = {
    mediaType,
    artifactType: optionalText(manifest["artifactType"]),
    annotations: annotationsOf(manifest["annotations"]),
    subject: manifest["subject"] === undefined ? undefined : descriptor(manifest["subject"]),
  };
  if (INDEX_TYPES.has(mediaType))
    return { ...shared, blobs: [], configMediaType: undefined, children: descriptors(manifest["manifests"]) };
  const config = descriptor(manifest["config"]);
  const layers = descriptors(manifest["layers"]).filter((layer) => !FOREIGN_LAYER.test(layer.mediaType));
  return { ...shared, blobs: [config, ...layers], configMediaType: config.mediaType, children: [] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("Invalid JSON syntax");
  }
}

function mediaTypeOf(manifest: Record<string, unknown>, declared: string | undefined): string {
  const own = optionalText(manifest["mediaType"]);
  if (own !== undefined && declared !== undefined && own !== declared)
    throw malformed(`The manifest's media type ${own} is not the declared one, ${declared}`);
  const mediaType = own ?? declared;
  if (mediaType === undefined) throw malformed("The manifest has no media type and none was declared");
  if (!IMAGE_TYPES.has(mediaType) && !INDEX_TYPES.has(mediaType))
    throw malformed(`The manifest media type ${mediaType} is not supported`);
  return mediaType;
}

function descriptors(value: unknown): Descriptor[] {
  if (!Array.isArray(value)) throw malformed("Layers or manifests are missing");
  return value.map(descriptor);
}

function descriptor(value: unknown): Descriptor {
  const { mediaType, digest, size } = asObject(value);
  if (typeof mediaType !== "string" || !mediaType) throw malformed("A descriptor has no media type");
  if (typeof digest !== "string" || !isDigest(digest)) throw malformed("A descriptor has no sha256 digest");
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw malformed("A descriptor has no size");
  return { mediaType, digest, size };
}

function annotationsOf(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  const annotations = asObject(value);
  if (Object.values(annotations).some((text) => typeof text !== "string")) throw malformed("An annotation is no text");
  return annotations as Record<string, string>;
}

function optionalText(value: unknown): string | undefined {
  if (value !== undefined && typeof value !== "string") throw malformed("A media type is no text");
  return value || undefined;
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("Invalid JSON syntax");
  return value as Record<string, unknown>;
}

function malformed(constraint: string) {
  return invalidParameter("ImageManifest", constraint);
}
