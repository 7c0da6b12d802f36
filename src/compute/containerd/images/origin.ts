import type { Descriptor } from "./manifest.ts";

/** Where one repository's manifests and blobs come from: the embedded registry, or one behind HTTP. */
export interface ImageOrigin {
  /** Hosts that were asked, as errors name the image: `docker.io/library/nginx:latest`. */
  readonly reference: string;
  /** `HOST/REPOSITORY` that anybody can read over the network: neither a login nor this process is needed. */
  readonly openAt: string | undefined;
  /**
   * The digest behind a tag or digest, when the origin can say it without sending the manifest.
   * @throws RegistryError
   */
  head(tagOrDigest: string, signal: AbortSignal): Promise<string | undefined>;
  /** A manifest, not yet verified. @throws RegistryError */
  manifest(tagOrDigest: string, signal: AbortSignal): Promise<{ mediaType: string; bytes: Uint8Array }>;
  /** The bytes of a blob in order, from `offset` on, not yet verified. Resumes by itself. @throws RegistryError */
  blob(descriptor: Descriptor, signal: AbortSignal, offset?: number): AsyncIterable<Uint8Array>;
}

/** containerd's words for what is not there: the reference, and once more. */
export function notFoundMessage(reference: string): string {
  return `${reference}: not found`;
}
