import type { Scope } from "../base/scope.ts";

/** A manifest as it was pushed, byte for byte. */
export interface ResolvedManifest {
  digest: string;
  mediaType: string;
  bytes: Uint8Array;
}

/** A blob's file. It may be read until the image is deleted; a file once opened stays readable. */
export interface BlobFile {
  path: string;
  /** Bytes. */
  size: number;
}

/** Images read in this process, without HTTP: what the image puller needs of the embedded registry. */
export interface ImageSource {
  /** The manifest (or index) behind a tag or a digest; `undefined` when the repository or the image does not exist. */
  resolve(scope: Scope, repository: string, tagOrDigest: string): Promise<ResolvedManifest | undefined>;
  /** The file of a config or layer, by its digest; `undefined` when there is none. */
  blob(digest: string): Promise<BlobFile | undefined>;
}
