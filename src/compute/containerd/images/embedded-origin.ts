import { createReadStream } from "node:fs";
import type { EmbeddedReference } from "../../../registry/reference.ts";
import type { ImageSource } from "../../../registry/image-source.ts";
import { notFoundMessage, type ImageOrigin } from "./origin.ts";
import { RegistryError } from "./registry-error.ts";

/** Large reads: the bytes go on to containerd as one message each. */
const READ_BYTES = 1024 * 1024;

/** A repository of the registry in this process: read from its files, without HTTP. */
export function embeddedOrigin(images: ImageSource, where: EmbeddedReference, reference: string): ImageOrigin {
  const resolve = async (tagOrDigest: string) => {
    const manifest = await images.resolve(where.scope, where.repository, tagOrDigest);
    if (!manifest) throw new RegistryError(notFoundMessage(reference), false);
    return manifest;
  };
  return {
    reference,
    openAt: undefined,
    head: async (tagOrDigest) => (await resolve(tagOrDigest)).digest,
    manifest: (tagOrDigest) => resolve(tagOrDigest),
    async *blob({ digest }, signal, offset = 0) {
      const file = await images.blob(digest);
      if (!file) throw new RegistryError(`failed to copy: content ${digest}: not found`, false);
      yield* createReadStream(file.path, {
        start: offset,
        highWaterMark: READ_BYTES,
        signal,
      }) as AsyncIterable<Uint8Array>;
    },
  };
}
